-- read_log.lua
--
-- Reads the log of a job.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root  P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta  HASH  P:meta, always exists
-- DERIVED (same slot) job log LIST
-- ARGV    1  id    string
-- RETURNS lines, <ms>|<text>, oldest first; none of a job that is unknown
-- COST    O(lines), of which there are 200 at the most

local root = KEYS[1]
local id = ARGV[1]

return redis.call('LRANGE', root .. ':job:' .. id .. ':log', 1, -1)
