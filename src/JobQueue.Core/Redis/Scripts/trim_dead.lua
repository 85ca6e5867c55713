-- trim_dead.lua
--
-- Removes the oldest dead letters that are beyond their retention: too many or too old. A referenced one stays where it is, for
-- its place is its time of death; the caller passes over those that it has met. A job that waits again, whatever an interrupted
-- call has left behind, is no dead letter: it loses that entry and nothing else.
-- Safe to repeat: what is removed is not found again.
--
-- TRANSITION  Dead -> (gone)
-- KEYS    1  root        P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta        HASH  P:meta, always exists
-- DERIVED (same slot) dead ZSET, dead:<fingerprint> ZSETs, dead:groups HASH, job STRINGs, job log LISTs, job steps HASH, attached HASH, waiters HASH,
--                     running HASH, tombstones HASH, cancelling SET, crashes HASH, progress HASH, stats HASH
-- ARGV    1  max_count   integer
--         2  max_age_ms  integer
--         3  limit       integer, 1..500
--         4  offset      integer, how many of the oldest to pass over
-- RETURNS {now_ms, removed, passed_over, more, count}; more = 1 when there may be more to remove; count = the dead letters that are left
-- COST    O(limit log dead)

--@include shared/clock.lua
--@include shared/marks.lua
--@include shared/groups.lua
--@include shared/references.lua
--@include shared/discard.lua

local root = KEYS[1]
local max_count = tonumber(ARGV[1])
local max_age_ms = tonumber(ARGV[2])
local limit = tonumber(ARGV[3])
local offset = tonumber(ARGV[4])

local now = server_now()
local dead, stats = root .. ':dead', root .. ':stats'
local count = redis.call('ZCARD', dead)
local removed = {}

local function is_over(died_at)
  return count - #removed > max_count or died_at <= now - max_age_ms
end

local oldest = redis.call('ZRANGE', dead, offset, offset, 'WITHSCORES')
if #oldest == 0 or not is_over(tonumber(oldest[2])) then
  return { now, 0, 0, 0, count }
end

local page, ids = redis.call('ZRANGE', dead, offset, offset + limit - 1, 'WITHSCORES'), {}
for at = 1, #page, 2 do
  ids[#ids + 1] = page[at]
end
local referenced = referenced_ids(root, ids, ids, now)
local passed_over, looked_at = 0, 0
for position, id in ipairs(ids) do
  if not is_over(tonumber(page[2 * position])) then
    break
  end
  looked_at = looked_at + 1
  if referenced[id] then
    passed_over = passed_over + 1
  else
    removed[#removed + 1] = id
  end
end
local more = looked_at == limit and 1 or 0
if #removed == 0 then
  return { now, 0, passed_over, more, count }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local groups = group_ids(root, removed)
local expired = dead_letters_of(root, removed)
check_groups(root, groups)
local attached = read_attached(root, expired)
local marks = read_marks(root)
redis.call('HLEN', stats)

redis.call('DEL', root .. ':none')
-- The records first: a script that stops here leaves dead ids that can be removed again, never a record without a home.
discard_jobs(root, expired, attached)
if #expired > 0 then
  clear_marks(root, marks, expired)
  redis.call('HINCRBY', stats, 'expired', #expired)
end
redis.call('ZREM', dead, unpack(removed))
leave_groups(root, groups)
return { now, #removed, passed_over, more, count - #removed }
