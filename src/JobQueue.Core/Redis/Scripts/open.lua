-- open.lua
--
-- Prepares a shard for use: creates P:meta with the schema version, and answers the version found, the server's eviction
-- policy and how many shards the store has. Their number is kept on shard 0, and never falls: jobs may wait on each.
-- Safe to repeat: an existing version is never changed.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, created here, then always exists
-- ARGV    1  schema    integer, the version this process writes
--         2  shards    integer, how many this process spreads jobs over; 0 = this is not the shard that keeps their number
-- RETURNS {now_ms, schema, eviction_policy, shards}; the policy is '' where the server does not say
-- COST    O(1)

--@include shared/clock.lua

local root, meta = KEYS[1], KEYS[2]
local schema = ARGV[1]
local shards = tonumber(ARGV[2])

redis.call('DEL', root .. ':none')
redis.call('HSETNX', meta, 'schema', schema)
local known = tonumber(redis.call('HGET', meta, 'shards') or 1)
if shards > known then
  redis.call('HSET', meta, 'shards', shards)
  known = shards
end
local memory = redis.pcall('INFO', 'memory')
local policy = type(memory) == 'string' and string.match(memory, 'maxmemory_policy:([%w-]+)') or ''
return { server_now(), redis.call('HGET', meta, 'schema'), policy, integer(known) }
