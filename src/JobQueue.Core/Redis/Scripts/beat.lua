-- beat.lua
--
-- Extends a live worker's lease and publishes its snapshot. It can't bring a worker back that was declared lost.
-- Safe to repeat: the deadline is set from the server's clock.
--
-- TRANSITION  none
-- KEYS    1  root       P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta       HASH  P:meta, always exists
-- DERIVED (same slot) workers ZSET, worker:<id> STRING
-- ARGV    1  worker_id  string
--         2  lease_ms   integer
--         3  keep_ms    integer, how long the snapshot is kept after the last beat
--         4  snapshot   string, JSON for people to read
-- RETURNS {status, now_ms}
-- STATUS  0 applied, 5 lost (the worker is not live any more)
-- COST    O(log workers)

--@include shared/clock.lua

local root = KEYS[1]
local worker = ARGV[1]
local lease_ms = tonumber(ARGV[2])
local keep_ms = ARGV[3]
local snapshot = ARGV[4]
local APPLIED, LOST = 0, 5

local now = server_now()
if not redis.call('ZSCORE', root .. ':workers', worker) then
  return { LOST, now }
end
redis.call('DEL', root .. ':none')
redis.call('ZADD', root .. ':workers', 'XX', integer(now + lease_ms), worker)
redis.call('SET', root .. ':worker:' .. worker, snapshot, 'PX', keep_ms)
return { APPLIED, now }
