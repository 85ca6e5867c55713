-- store_step.lua
--
-- Stores the result of a step that a running job has done. A full server runs it all the same: the effect of the step has
-- happened, and one whose result is lost happens again.
-- Safe to repeat: the first result stands, and is answered.
--
-- TRANSITION  none
-- KEYS    1  root    P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta    HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, job steps HASH, attached HASH
-- ARGV    1  id      string
--         2  token   string, the lease
--         3  step    string
--         4  result  string, JSON as the worker made it
-- RETURNS {status, stored}; stored = the result that stands, when that is an earlier call's; else ''
-- STATUS  0 applied, 1 already applied, 2 refused (the lease is another's)
-- COST    O(1)

local root = KEYS[1]
local id = ARGV[1]
local token = ARGV[2]
local step = ARGV[3]
local result = ARGV[4]
local APPLIED, ALREADY_APPLIED, REFUSED = 0, 1, 2

local attached = root .. ':attached'
local steps = root .. ':job:' .. id .. ':steps'
if redis.call('HGET', root .. ':running', id) ~= token then
  return { REFUSED, '' }
end
local stored = redis.call('HGET', steps, step)
if stored then
  return { ALREADY_APPLIED, stored }
end
local is_attached = redis.call('HEXISTS', attached, id) == 1

redis.call('DEL', root .. ':none')
if not is_attached then
  redis.call('HSET', attached, id, '1')
end
redis.call('HSET', steps, step, result)
return { APPLIED, '' }
