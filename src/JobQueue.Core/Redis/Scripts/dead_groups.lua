-- dead_groups.lua
--
-- Reads a step of the groups of dead letters. A group that is changed meanwhile may be answered twice, or late.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) dead:groups HASH, dead:<fingerprint> ZSETs
-- ARGV    1  cursor    string, where the scan of the groups goes on; '0' begins it
--         2  count     integer, how many groups to look at, about
-- RETURNS {cursor, groups[]}; a cursor of '0' ends the scan; five a group: fingerprint, description, count, first and last time of death in ms
-- COST    O(count)

local root = KEYS[1]
local cursor = ARGV[1]
local count = ARGV[2]

local scan = redis.call('HSCAN', root .. ':dead:groups', cursor, 'COUNT', count)
local groups = {}
for at = 1, #scan[2], 2 do
  local set = root .. ':dead:' .. scan[2][at]
  -- A key of another type must not hide the groups beside it.
  local members = redis.pcall('ZCARD', set)
  if type(members) == 'number' and members > 0 then
    groups[#groups + 1] = scan[2][at]
    groups[#groups + 1] = scan[2][at + 1]
    groups[#groups + 1] = members
    groups[#groups + 1] = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
    groups[#groups + 1] = redis.call('ZRANGE', set, -1, -1, 'WITHSCORES')[2]
  end
end
return { scan[1], groups }
