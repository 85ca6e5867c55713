-- delete.lua
--
-- Removes a job that does not run, with everything kept for it: record, log, steps, marks, its place, its entry in a list of
-- finished jobs. A waiting id stays in its list under a tombstone; one that was cancelled while it waited has it already.
-- Safe to repeat: a job that is gone answers that it is not found.
--
-- TRANSITION  Pending -> (gone), Scheduled -> (gone), Retrying -> (gone), Completed -> (gone), Dead -> (gone), Cancelled -> (gone)
-- KEYS    1  root         P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta         HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, job STRING, job log LIST, job steps HASH, attached HASH, scheduled ZSET, retrying ZSET, dead ZSET,
--                     dead:<fingerprint> ZSET, dead:groups HASH, tombstones HASH, tombstones:count HASH, completed LIST, cancelled LIST, cancelling SET,
--                     crashes HASH, progress HASH, stats HASH, waiters HASH, listeners ZSET
-- ARGV    1  id           string
--         2  sha1         string, of the record's bytes as they were read
--         3  state        string, as it was read: pending, scheduled, retrying, completed, dead or cancelled
--         4  finished_at  integer, ms; of a completed or cancelled job as its record says it, else 0
-- RETURNS {status, now_ms}
-- STATUS  0 applied, 2 refused (it runs), 8 not found (no record), 9 conflict (the record or the place has changed: read again)
-- COST    O(log waiting), and O(list) for the entry of a completed or cancelled job, which retention bounds

--@include shared/clock.lua
--@include shared/discard.lua
--@include shared/events.lua
--@include shared/groups.lua
--@include shared/line.lua
--@include shared/marks.lua
--@include shared/place.lua
--@include shared/suspects.lua
--@include shared/waiters.lua

local root = KEYS[1]
local id = ARGV[1]
local sha1 = ARGV[2]
local state = ARGV[3]
local finished_at = ARGV[4]
local APPLIED, REFUSED, NOT_FOUND, CONFLICT = 0, 2, 8, 9
local LISTS = { completed = true, cancelled = true }

local now = server_now()
local key = root .. ':job:' .. id
if redis.call('HEXISTS', root .. ':running', id) == 1 then
  return { REFUSED, now }
end
local stored = redis.call('GET', key)
if not stored then
  return { NOT_FOUND, now }
end
local line = line_of_record(root, id)
local place = place_of(root, id, line)
-- The bytes of a finished job say that it is finished, and change when it is requeued; a living one may be in any place.
local is_finished = LISTS[state] or state == 'dead'
if redis.sha1hex(stored) ~= sha1 or (not is_finished and state ~= place) then
  return { CONFLICT, now }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
redis.call('HLEN', root .. ':tombstones')
redis.call('HLEN', root .. ':tombstones:count')
redis.call('LLEN', root .. ':completed')
redis.call('LLEN', root .. ':cancelled')
redis.call('HLEN', root .. ':stats')
redis.call('HLEN', root .. ':waiters')
local groups = group_ids(root, { id })
check_groups(root, groups)
local attached = read_attached(root, { id })
local marks = read_marks(root)
local waiting_line = line_to_wait_in(root, id, line, marks.crashes)

redis.call('DEL', root .. ':none')
-- The record first: a script that stops here leaves an id that is dropped where it stands, never a record without a home.
discard_jobs(root, { id }, attached)
if LISTS[state] and redis.call('LREM', root .. ':' .. state, 1, id .. '|' .. finished_at .. '|' .. #stored) == 1 then
  redis.call('HINCRBY', root .. ':stats', state .. '_bytes', -#stored)
end
if place ~= 'pending' then
  leave_place(root, id, line, place)
elseif not is_finished then
  leave_place(root, id, waiting_line, place)
end
leave_groups(root, groups)
clear_marks(root, marks, { id })
redis.call('HINCRBY', root .. ':stats', 'deleted', 1)
tell_waiters(root, { id })
tell_listeners(root, now, { 'deleted', { id } })
return { APPLIED, now }
