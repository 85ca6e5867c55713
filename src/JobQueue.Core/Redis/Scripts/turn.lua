-- turn.lua
--
-- Takes or keeps a process's turn at a maintenance loop, so that one process of a fleet does the work.
-- Losing a turn early is harmless: every loop's own script is safe to run twice.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) turn:<loop> STRING
-- ARGV    1  loop      string
--         2  owner     string
--         3  hold_ms   integer, how long the turn lasts unless it is kept again
-- RETURNS {1 if the owner has the turn, else 0}
-- COST    O(1)

local root = KEYS[1]
local loop = ARGV[1]
local owner = ARGV[2]
local hold_ms = ARGV[3]

local turn = root .. ':turn:' .. loop
local holder = redis.call('GET', turn)
if holder and holder ~= owner then
  return { 0 }
end
redis.call('DEL', root .. ':none')
redis.call('SET', turn, owner, 'PX', hold_ms)
return { 1 }
