-- cancel.lua
--
-- Ends a job that waits, for a worker or for its time. One that runs is asked to stop, and its holder reports how that ended.
-- A waiting id stays in its list, where a tombstone tells fetch.lua to drop it: taking it out would walk the whole list.
-- Safe to repeat: a stored record that is byte-equal to the one sent says that the first call was carried out. A request to
-- stop is published each time, because a message can be lost.
--
-- TRANSITION  Pending -> Cancelled, Scheduled -> Cancelled, Retrying -> Cancelled
-- KEYS    1  root         P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta         HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, cancelling SET, job STRING, scheduled ZSET, retrying ZSET, dead ZSET, tombstones HASH,
--                     tombstones:count HASH, cancelled LIST, crashes HASH, progress HASH, stats HASH, stats:<minute> HASH,
--                     stats:<handler>:<hour> HASH, waiters HASH, listeners ZSET
-- ARGV    1  id           string
--         2  sha1         string, of the record's bytes as they were read
--         3  place        string, where the id was read: pending, scheduled or retrying; running can only be asked to stop
--         4  line         string
--         5  finished_at  integer, ms; as the record says it
--         6  handler      string
--         7  record       string, that of the cancelled job
-- RETURNS {status, now_ms}
-- STATUS  0 applied, 1 already applied, 3 cancelling (it runs, and was asked to stop), 9 conflict (the record or the place has
--         changed: read again)
-- COST    O(log waiting)

--@include shared/clock.lua
--@include shared/events.lua
--@include shared/line.lua
--@include shared/marks.lua
--@include shared/place.lua
--@include shared/statistics.lua
--@include shared/suspects.lua
--@include shared/waiters.lua

local root = KEYS[1]
local id = ARGV[1]
local sha1 = ARGV[2]
local place = ARGV[3]
local line = ARGV[4]
local finished_at = ARGV[5]
local handler = ARGV[6]
local record = ARGV[7]
local APPLIED, ALREADY_APPLIED, CANCELLING, CONFLICT = 0, 1, 3, 9

local now = server_now()
local key = root .. ':job:' .. id

local token = redis.call('HGET', root .. ':running', id)
if token then
  if redis.call('SISMEMBER', root .. ':cancelling', id) == 0 then
    redis.call('DEL', root .. ':none')
    redis.call('SADD', root .. ':cancelling', id)
  end
  local worker = string.match(token, '^(.+)|%d+|%d+$') or token
  redis.pcall('PUBLISH', root .. ':cancel', worker .. '|' .. id)
  return { CANCELLING, now }
end

local stored = redis.call('GET', key)
if stored == record then
  return { ALREADY_APPLIED, now }
end
if not stored or redis.sha1hex(stored) ~= sha1 or place ~= place_of(root, id, line) then
  return { CONFLICT, now }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local statistics = new_statistics(root, now)
count_minute(statistics, 'cancelled', 1)
count_handler(statistics, handler, 'cancelled')
check_statistics(statistics)
redis.call('HLEN', root .. ':tombstones')
redis.call('HLEN', root .. ':tombstones:count')
redis.call('LLEN', root .. ':cancelled')
redis.call('HLEN', root .. ':waiters')
local marks = read_marks(root)
local waiting_line = line_to_wait_in(root, id, line, marks.crashes)

redis.call('DEL', root .. ':none')
redis.call('SET', key, record)
redis.call('LPUSH', root .. ':cancelled', id .. '|' .. finished_at .. '|' .. #record)
leave_place(root, id, place == 'pending' and waiting_line or line, place)
clear_marks(root, marks, { id })
redis.call('HINCRBY', root .. ':stats', 'cancelled', 1)
redis.call('HINCRBY', root .. ':stats', 'cancelled_bytes', #record)
write_statistics(statistics)
tell_waiters(root, { id })
tell_listeners(root, now, { 'cancelled', { id } })
return { APPLIED, now }
