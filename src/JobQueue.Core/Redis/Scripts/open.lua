-- open.lua
--
-- Prepares a shard for use: creates P:meta with the schema version, and answers the version found
-- and the server's eviction policy.
-- Safe to repeat: an existing version is never changed.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, created here, then always exists
-- ARGV    1  schema    integer, the version this process writes
-- RETURNS {now_ms, schema, eviction_policy}; the policy is '' where the server does not say
-- COST    O(1)

--@include shared/clock.lua

local root, meta = KEYS[1], KEYS[2]
local schema = ARGV[1]

redis.call('DEL', root .. ':none')
redis.call('HSETNX', meta, 'schema', schema)
local memory = redis.pcall('INFO', 'memory')
local policy = type(memory) == 'string' and string.match(memory, 'maxmemory_policy:([%w-]+)') or ''
return { server_now(), redis.call('HGET', meta, 'schema'), policy }
