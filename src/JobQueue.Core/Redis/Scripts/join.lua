-- join.lua
--
-- Makes a worker live: from now on it may fetch, until its heartbeat deadline passes.
-- Safe to repeat: the id is new with every start, and the call only sets its deadline again.
--
-- TRANSITION  none
-- KEYS    1  root       P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta       HASH  P:meta, always exists
-- DERIVED (same slot) workers ZSET, worker:<id> STRING
-- ARGV    1  worker_id  string, new with every start
--         2  lease_ms   integer
--         3  keep_ms    integer, how long the snapshot is kept after the last beat
--         4  snapshot   string, JSON for people to read
-- RETURNS {now_ms}
-- COST    O(log workers)

--@include shared/clock.lua

local root = KEYS[1]
local worker = ARGV[1]
local lease_ms = tonumber(ARGV[2])
local keep_ms = ARGV[3]
local snapshot = ARGV[4]

local now = server_now()
redis.call('DEL', root .. ':none')
redis.call('ZADD', root .. ':workers', integer(now + lease_ms), worker)
redis.call('SET', root .. ':worker:' .. worker, snapshot, 'PX', keep_ms)
return { now }
