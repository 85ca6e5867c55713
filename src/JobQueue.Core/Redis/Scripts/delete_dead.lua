-- delete_dead.lua
--
-- Removes a dead job for good, with everything kept for it.
-- Safe to repeat: a job that is gone answers that it is not dead.
--
-- TRANSITION  Dead -> (gone)
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) dead ZSET, job STRING, job log LIST, job steps HASH, crashes HASH, cancelling SET, progress HASH, stats HASH
-- ARGV    1  id        string
-- RETURNS {status}
-- STATUS  0 applied, 8 not dead (or unknown)
-- COST    O(log dead)

--@include shared/marks.lua

local root = KEYS[1]
local id = ARGV[1]
local APPLIED, NOT_FOUND = 0, 8

local dead = root .. ':dead'
if not redis.call('ZSCORE', dead, id) then
  return { NOT_FOUND }
end
local marks = read_marks(root)
redis.call('HLEN', root .. ':stats')

local key = root .. ':job:' .. id
-- The record first: a script that stops here leaves a dead id that can be deleted again, never a record without a home.
redis.call('DEL', key, key .. ':log', key .. ':steps')
clear_marks(root, marks, { id })
redis.call('ZREM', dead, id)
redis.call('HINCRBY', root .. ':stats', 'deleted', 1)
return { APPLIED }
