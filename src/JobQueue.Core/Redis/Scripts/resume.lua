-- resume.lua
--
-- Resumes a paused queue, and wakes a worker if something waits in it.
-- Safe to repeat: a queue that is not paused stays so.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) paused SET, ready SET, idle ZSETs
-- ARGV    1  queue     string
-- RETURNS {1 if it was paused, else 0}
-- COST    O(log workers)

--@include shared/clock.lua
--@include shared/wake.lua

local root = KEYS[1]
local queue = ARGV[1]
local PRIORITIES = { 'suspect', 'critical', 'high', 'normal', 'low' }

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local now = server_now()
redis.call('SCARD', root .. ':paused')
local waits = false
for _, priority in ipairs(PRIORITIES) do
  waits = waits or redis.call('SISMEMBER', root .. ':ready', priority .. '|' .. queue) == 1
end
local picked = waits and pick_idle(root, { [queue] = true }, now) or {}

redis.call('DEL', root .. ':none')
local removed = redis.call('SREM', root .. ':paused', queue)
if removed == 1 then
  wake(root, picked)
end
return { removed }
