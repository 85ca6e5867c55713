-- progress.lua
--
-- Stores how far a running job has come, in place of what was stored before, and tells those who listen. A full server
-- refuses it: it is for people, and the next one takes its place.
-- Safe to repeat: what is stored already is not told again.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, progress HASH, listeners ZSET
-- ARGV    1  id        string
--         2  token     string, the lease
--         3  progress  string, JSON as the worker made it
-- RETURNS {status, now_ms}
-- STATUS  0 applied, 1 already applied, 2 refused (the lease is another's)
-- COST    O(1)

--@include shared/clock.lua
--@include shared/events.lua

local root = KEYS[1]
local id = ARGV[1]
local token = ARGV[2]
local progress = ARGV[3]
local APPLIED, ALREADY_APPLIED, REFUSED = 0, 1, 2

local now = server_now()
if redis.call('HGET', root .. ':running', id) ~= token then
  return { REFUSED, now }
end
if redis.call('HGET', root .. ':progress', id) == progress then
  return { ALREADY_APPLIED, now }
end
redis.call('HSET', root .. ':progress', id, progress)
tell_listeners(root, now, { 'progress', { id } })
return { APPLIED, now }
