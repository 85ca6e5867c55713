-- workers.lua
--
-- Reads which workers there are: those in the fleet with the deadline of their heartbeat, and those declared lost.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) workers ZSET, lost ZSET
-- ARGV    1  limit     integer, most of each kind; those nearest to the end of their lease, and those lost last
-- RETURNS {now_ms, workers[], lost[]}; two a worker: id; deadline, or when it was declared lost
-- COST    O(limit)

--@include shared/clock.lua

local root = KEYS[1]
local limit = tonumber(ARGV[1])

return {
  server_now(),
  redis.call('ZRANGE', root .. ':workers', 0, limit - 1, 'WITHSCORES'),
  redis.call('ZREVRANGE', root .. ':lost', 0, limit - 1, 'WITHSCORES'),
}
