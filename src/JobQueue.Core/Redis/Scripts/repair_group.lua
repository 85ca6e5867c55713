-- repair_group.lua
--
-- Puts a group of dead jobs right: those that belong to it are in it, others are not, and it has a description while it has members.
-- Safe to repeat: the second call finds nothing wrong.
--
-- TRANSITION  none
-- KEYS    1  root         P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta         HASH  P:meta, always exists
-- DERIVED (same slot) dead ZSET, dead:<fingerprint> ZSET, dead:groups HASH, job STRINGs
-- ARGV    1  fingerprint  string
--         2  description  string, for a group that has none
--         3… ids          string
-- RETURNS {now_ms, changed}; changed = 1 if anything was written, else 0
-- COST    O(ids log dead)

--@include shared/clock.lua
--@include shared/groups.lua

local root = KEYS[1]
local fingerprint = ARGV[1]
local description = ARGV[2]
local FIRST_ID = 3

local dead, group, groups = root .. ':dead', root .. ':dead:' .. fingerprint, root .. ':dead:groups'
redis.call('ZCARD', dead)
redis.call('HLEN', groups)
redis.call('ZCARD', group)

redis.call('DEL', root .. ':none')
local changed = 0
for at = FIRST_ID, #ARGV do
  local id = ARGV[at]
  local score = redis.call('ZSCORE', dead, id)
  if score and fingerprint_of(root, id) == fingerprint then
    changed = changed + redis.call('ZADD', group, score, id)
  else
    changed = changed + redis.call('ZREM', group, id)
  end
end
if redis.call('ZCARD', group) == 0 then
  changed = changed + redis.call('HDEL', groups, fingerprint)
else
  changed = changed + redis.call('HSETNX', groups, fingerprint, description)
end
return { server_now(), changed > 0 and 1 or 0 }
