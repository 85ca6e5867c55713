-- leave.lua
--
-- Takes a worker that has stopped out of the fleet. Jobs it could not hand back are found by recover.lua.
-- Safe to repeat: removes what is there.
--
-- TRANSITION  none
-- KEYS    1  root       P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta       HASH  P:meta, always exists
-- DERIVED (same slot) workers ZSET, floors HASH, idle ZSETs, worker:<id> STRING
-- ARGV    1  worker_id  string
--         2… queues     string, the queues it served; none = all
-- RETURNS {1 if it was live, else 0}
-- COST    O(log workers + queues)

local root = KEYS[1]
local worker = ARGV[1]
local FIRST_QUEUE = 2

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
redis.call('ZCARD', root .. ':workers')
redis.call('HLEN', root .. ':floors')

redis.call('DEL', root .. ':none')
local removed = redis.call('ZREM', root .. ':workers', worker)
redis.call('HDEL', root .. ':floors', worker)
-- An idle entry ends by itself, so a key of another type under its name does not stop a worker from leaving.
redis.pcall('ZREM', root .. ':idle', worker)
for at = FIRST_QUEUE, #ARGV do
  redis.pcall('ZREM', root .. ':idle:' .. ARGV[at], worker)
end
redis.call('DEL', root .. ':worker:' .. worker)
return { removed }
