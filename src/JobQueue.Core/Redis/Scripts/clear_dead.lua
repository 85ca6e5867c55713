-- clear_dead.lua
--
-- Removes the dead letters for good that died at or before a time, all or one group's, oldest first, a step a call.
-- A job that runs again is no dead letter, whatever an interrupted call has left behind: it loses that entry and nothing else.
-- Safe to repeat: what is removed is not found again.
--
-- TRANSITION  Dead -> (gone)
-- KEYS    1  root         P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta         HASH  P:meta, always exists
-- DERIVED (same slot) dead ZSET, dead:<fingerprint> ZSETs, dead:groups HASH, job STRINGs, job log LISTs, job steps HASH, attached HASH, running HASH,
--                     crashes HASH, cancelling SET, progress HASH, listeners ZSET, stats HASH
-- ARGV    1  limit        integer, 1..500
--         2  fingerprint  string, of the group; '' = all
--         3  until_ms     string, time of death in ms; '' = now
-- RETURNS {now_ms, removed[], remaining}; remaining = how many died at or before that time and are still there
-- COST    O(limit log dead)

--@include shared/clock.lua
--@include shared/marks.lua
--@include shared/groups.lua
--@include shared/discard.lua
--@include shared/events.lua

local root = KEYS[1]
local limit = ARGV[1]
local fingerprint = ARGV[2]
local until_ms = ARGV[3]

local now = server_now()
local dead = root .. ':dead'
local set = fingerprint == '' and dead or dead .. ':' .. fingerprint
local last = until_ms == '' and integer(now) or until_ms

local found = redis.call('ZRANGEBYSCORE', set, '-inf', last, 'LIMIT', 0, limit)
if #found == 0 then
  return { now, {}, 0 }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local tokens = redis.call('HMGET', root .. ':running', unpack(found))
local removed = {}
for position, id in ipairs(found) do
  if redis.call('ZSCORE', dead, id) and not tokens[position] then
    removed[#removed + 1] = id
  end
end
removed = dead_letters_of(root, removed)
local groups = group_ids(root, found)
if fingerprint ~= '' then
  groups[fingerprint] = found
end
check_groups(root, groups)
local attached = read_attached(root, removed)
local marks = read_marks(root)
redis.call('HLEN', root .. ':stats')

redis.call('DEL', root .. ':none')
if #removed > 0 then
  -- The records first: a script that stops here leaves dead ids that can be deleted again, never a record without a home.
  discard_jobs(root, removed, attached)
  clear_marks(root, marks, removed)
  redis.call('HINCRBY', root .. ':stats', 'deleted', #removed)
end
redis.call('ZREM', dead, unpack(found))
leave_groups(root, groups)
tell_listeners(root, now, { 'deleted', removed })
return { now, removed, redis.call('ZCOUNT', set, '-inf', last) }
