-- read_steps.lua
--
-- Reads the results of the steps that a running job has done so far, in this attempt or an earlier one. Asks for the lease, so
-- that an attempt that is over does not act upon them.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root   P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta   HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, job steps HASH
-- ARGV    1  id     string
--         2  token  string, the lease
-- RETURNS {status, steps[]}; steps = name, result, ...
-- STATUS  0 applied, 2 refused (the lease is another's)
-- COST    O(steps), of which there are 256 of 64 KiB at the most

local root = KEYS[1]
local id = ARGV[1]
local token = ARGV[2]
local APPLIED, REFUSED = 0, 2

if redis.call('HGET', root .. ':running', id) ~= token then
  return { REFUSED, {} }
end
return { APPLIED, redis.call('HGETALL', root .. ':job:' .. id .. ':steps') }
