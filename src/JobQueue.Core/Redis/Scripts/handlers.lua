-- handlers.lua
--
-- Reads a page of the handlers that workers have told of: name, and when last with which defaults.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) handlers HASH
-- ARGV    1  cursor    string, '0' begins
--         2  count     integer, about how many
-- RETURNS {cursor, handlers[]}; the cursor is '0' after the last; two a handler: name; what is stored of it
-- COST    O(count)

local root = KEYS[1]
local cursor = ARGV[1]
local count = ARGV[2]

return redis.call('HSCAN', root .. ':handlers', cursor, 'COUNT', count)
