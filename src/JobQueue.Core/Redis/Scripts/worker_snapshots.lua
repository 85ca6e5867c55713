-- worker_snapshots.lua
--
-- Reads what workers last told about themselves.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) worker:<id> STRINGs
-- ARGV    1… ids       string
-- RETURNS {snapshots[]}; '' = none, or a key of another type
-- COST    O(ids)

local root = KEYS[1]

local keys = {}
for at, id in ipairs(ARGV) do
  keys[at] = root .. ':worker:' .. id
end
local snapshots = redis.call('MGET', unpack(keys))
for at = 1, #keys do
  snapshots[at] = snapshots[at] or ''
end
return { snapshots }
