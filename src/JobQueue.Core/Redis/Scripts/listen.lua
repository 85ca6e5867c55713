-- listen.lua
--
-- Registers a process that watches the store, so that changes are published, or takes it out again.
-- Safe to repeat: the end of its time is set from the server's clock.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) listeners ZSET
-- ARGV    1  listener  string, new with every process
--         2  keep_ms   integer, how long it counts unless it is registered again; 0 takes it out
-- RETURNS {now_ms, 1 if it was not registered before, else 0}
-- COST    O(log listeners)

--@include shared/clock.lua

local root = KEYS[1]
local listener = ARGV[1]
local keep_ms = tonumber(ARGV[2])

local now = server_now()
local listeners = root .. ':listeners'
redis.call('DEL', root .. ':none')
redis.call('ZREMRANGEBYSCORE', listeners, '-inf', '(' .. integer(now))
if keep_ms > 0 then
  return { now, redis.call('ZADD', listeners, integer(now + keep_ms), listener) }
end
redis.call('ZREM', listeners, listener)
return { now, 0 }
