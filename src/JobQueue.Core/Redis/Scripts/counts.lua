-- counts.lua
--
-- Counts jobs by where their ids are, and answers the running totals.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) ready SET, queue LISTs, tombstones:count HASH, scheduled ZSET, retrying ZSET, running HASH, dead ZSET, workers ZSET,
--                     completed LIST, cancelled LIST, stats HASH
-- ARGV    none
-- RETURNS {now_ms, pending, scheduled, retrying, running, dead, live_workers, totals[], completed, cancelled}; totals = field, value, ...
-- COST    O(lists that are not empty)

--@include shared/clock.lua
--@include shared/line.lua

local root = KEYS[1]

local now = server_now()
local pending = 0
local any_tombstone = redis.call('HLEN', root .. ':tombstones:count') > 0
for _, line in ipairs(redis.call('SMEMBERS', root .. ':ready')) do
  -- An entry that is no line, or names a list of another type, must not hide the jobs of the others.
  local length = is_line(line) and redis.pcall('LLEN', list_of(root, line))
  if type(length) == 'number' then
    local removed = any_tombstone and redis.call('HGET', root .. ':tombstones:count', line)
    pending = pending + length - (tonumber(removed or 0) or 0)
  end
end
return {
  now,
  pending,
  redis.call('ZCARD', root .. ':scheduled'),
  redis.call('ZCARD', root .. ':retrying'),
  redis.call('HLEN', root .. ':running'),
  redis.call('ZCARD', root .. ':dead'),
  redis.call('ZCOUNT', root .. ':workers', integer(now), '+inf'),
  redis.call('HGETALL', root .. ':stats'),
  redis.call('LLEN', root .. ':completed'),
  redis.call('LLEN', root .. ':cancelled'),
}
