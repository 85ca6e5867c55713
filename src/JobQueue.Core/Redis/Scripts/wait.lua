-- wait.lua
--
-- Registers that somebody waits for a job's result: its end is announced, and its record kept, until the deadline.
-- Safe to repeat: the later deadline stands.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) waiters HASH
-- ARGV    1  id        string
--         2  wait_ms   integer
-- RETURNS {now_ms}
-- COST    O(1)

--@include shared/clock.lua

local root = KEYS[1]
local id = ARGV[1]
local wait_ms = tonumber(ARGV[2])

local now = server_now()
local waiters = root .. ':waiters'
local deadline = tonumber(redis.call('HGET', waiters, id) or 0)
if now + wait_ms > deadline then
  redis.call('DEL', root .. ':none')
  redis.call('HSET', waiters, id, integer(now + wait_ms))
end
return { now }
