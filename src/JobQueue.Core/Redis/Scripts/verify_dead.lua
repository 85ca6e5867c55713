-- verify_dead.lua
--
-- Says of dead letters whether they are in the groups that they belong to, and of a group what it holds. All at one instant.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root         P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta         HASH  P:meta, always exists
-- DERIVED (same slot) dead ZSET, dead:<fingerprint> ZSETs, dead:groups HASH, job STRINGs
-- ARGV    1  fingerprint  string, the group that the ids were seen in; '' = they were seen in `dead`
--         2… ids          string
-- RETURNS {members of the group, 1 if it is described else 0, places[]}; four an id: 1 if it is dead, 1 if it is in the group that was asked for,
--         its record's fingerprint or '', 1 if it is in that group
-- COST    O(ids log dead)

--@include shared/groups.lua
--@include shared/try.lua

local root = KEYS[1]
local fingerprint = ARGV[1]
local FIRST_ID = 2

local function holds(key, id)
  return try('ZSCORE', key, id) and 1 or 0
end

local dead, group = root .. ':dead', root .. ':dead:' .. fingerprint
local places = {}
for at = FIRST_ID, #ARGV do
  local id = ARGV[at]
  local own = fingerprint_of(root, id)
  places[#places + 1] = holds(dead, id)
  places[#places + 1] = fingerprint ~= '' and holds(group, id) or 0
  places[#places + 1] = own or ''
  places[#places + 1] = own and holds(root .. ':dead:' .. own, id) or 0
end
if fingerprint == '' then
  return { 0, 0, places }
end
return { try('ZCARD', group) or 0, try('HEXISTS', root .. ':dead:groups', fingerprint) or 0, places }
