-- pause.lua
--
-- Pauses a queue: workers take nothing from it until it is resumed. Jobs that run go on.
-- Safe to repeat: a paused queue stays paused.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) paused SET
-- ARGV    1  queue     string
-- RETURNS {1 if it was not paused, else 0}
-- COST    O(1)

local root = KEYS[1]
local queue = ARGV[1]

redis.call('DEL', root .. ':none')
local added = redis.call('SADD', root .. ':paused', queue)
-- Also for a repeat: the first message may have been lost. Workers give back what they hold and have not started.
redis.pcall('PUBLISH', root .. ':pause', queue)
return { added }
