-- purge.lua
--
-- Removes for good jobs that wait in one list. The first call puts a mark behind all that wait: an id without a record whose
-- tombstone says that it does not count. What is in front of it is removed, a part a call; what is enqueued later stays.
-- Safe to repeat: a call whose mark is gone does nothing. A mark that is left behind is dropped by fetch.lua like any tombstone.
--
-- TRANSITION  Pending -> (gone)
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) queue LISTs, ready SET, tombstones HASH, tombstones:count HASH, running HASH, job STRINGs, job log LIST, job steps HASH,
--                     attached HASH, cancelling SET, crashes HASH, progress HASH, waiters HASH, stats HASH, listeners ZSET
-- ARGV    1  line      string
--         2  mark      string, an id that no job has
--         3  limit     integer, 0..500; 0 only puts the mark
-- RETURNS {jobs removed, 1 when nothing is left to remove, else 0}
-- COST    O(limit)

--@include shared/clock.lua
--@include shared/discard.lua
--@include shared/events.lua
--@include shared/line.lua
--@include shared/marks.lua
--@include shared/waiters.lua

local root = KEYS[1]
local line = ARGV[1]
local mark = ARGV[2]
local limit = tonumber(ARGV[3])

local now = server_now()
local list, tombstones, counts = list_of(root, line), root .. ':tombstones', root .. ':tombstones:count'

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local length = redis.call('LLEN', list)
local is_marked = redis.call('HEXISTS', tombstones, mark) == 1
redis.call('HLEN', counts)
redis.call('HLEN', root .. ':running')
redis.call('HLEN', root .. ':attached')
redis.call('SCARD', root .. ':ready')
redis.call('HLEN', root .. ':stats')
redis.call('HLEN', root .. ':waiters')
local marks = read_marks(root)

if limit == 0 then
  if is_marked or length == 0 then
    return { 0, length == 0 and 1 or 0 }
  end
  redis.call('DEL', root .. ':none')
  redis.call('LPUSH', list, mark)
  redis.call('HSET', tombstones, mark, line)
  redis.call('HINCRBY', counts, line, 1)
  return { 0, 0 }
end
if not is_marked or length == 0 then
  return { 0, 1 }
end

-- Those in front of the mark: to be removed, dropped with their tombstone, or, when a half-run fetch left them in two places, running.
local entries = redis.call('LRANGE', list, -limit, -1)
local tokens = redis.call('HMGET', root .. ':running', unpack(entries))
local removed = redis.call('HMGET', tombstones, unpack(entries))
local ids, dead, taken, reached = {}, {}, 0, false
for at = #entries, 1, -1 do
  local id = entries[at]
  taken = taken + 1
  if removed[at] then
    dead[#dead + 1] = id
    reached = id == mark
  elseif not tokens[at] then
    ids[#ids + 1] = id
  end
  if reached then
    break
  end
end
local attached = read_attached(root, ids)

redis.call('DEL', root .. ':none')
-- Records first: fetch drops an id without one, so a script that stops here leaves entries that cost nothing.
local gone = discard_jobs(root, ids, attached)
if #ids > 0 then
  clear_marks(root, marks, ids)
end
if #dead > 0 then
  redis.call('HDEL', tombstones, unpack(dead))
  if redis.call('HINCRBY', counts, line, -#dead) <= 0 then
    redis.call('HDEL', counts, line)
  end
end
redis.call('LTRIM', list, 0, -(taken + 1))
if redis.call('LLEN', list) == 0 then
  redis.call('SREM', root .. ':ready', line)
end
if gone > 0 then
  redis.call('HINCRBY', root .. ':stats', 'purged', gone)
end
tell_waiters(root, ids)
tell_listeners(root, now, { 'deleted', ids })
return { gone, reached and 1 or 0 }
