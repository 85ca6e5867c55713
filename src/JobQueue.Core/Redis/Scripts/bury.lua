-- bury.lua
--
-- Ends jobs that nobody runs any more but that are still leased: to a worker that is lost, or by a fetch whose answer was
-- lost. They were asked to stop, or their process died under them too often. The client made their records from what it read,
-- so each is stored only if the token and the bytes are still those.
-- Safe to repeat: a job that is no longer leased answers `already applied` when its record is the one sent, or gone.
--
-- TRANSITION  Running -> Dead, Running -> Cancelled
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, job STRINGs, cancelled LIST, dead ZSET, dead:<fingerprint> ZSET, dead:groups HASH, stats HASH, cancelling SET,
--                     crashes HASH, progress HASH, waiters HASH, listeners ZSET, stats:<minute> HASH, stats:<handler>:<hour> HASH
-- ARGV    1  id           string
--         2  token        string, the lease it was read under
--         3  sha1         string, of the record's bytes as they were read; '' when its key held another type
--         4  outcome      integer, 2 dead, 4 cancelled
--         5  finished_at  integer, ms
--         6  handler      string
--         7  description  string, of its group
--         8  record       string
-- RETURNS {status, now_ms}
-- STATUS  0 applied, 1 already applied, 2 refused (the lease is another's), 9 conflict (the record has changed: read again)
-- COST    O(log dead)

--@include shared/clock.lua
--@include shared/holder.lua
--@include shared/marks.lua
--@include shared/waiters.lua
--@include shared/events.lua
--@include shared/statistics.lua
--@include shared/groups.lua
--@include shared/endings.lua

local root = KEYS[1]
local id = ARGV[1]
local token = ARGV[2]
local sha1 = ARGV[3]
local outcome = ARGV[4]
local finished_at = ARGV[5]
local handler = ARGV[6]
local description = ARGV[7]
local record = ARGV[8]
local CONFLICT = 9
local TO_DEAD = '2'

local now = server_now()
local key, running = root .. ':job:' .. id, root .. ':running'

local status = holder_status(root, id, redis.call('HGET', running, id), token, record)
if status ~= APPLIED then
  return { status, now }
end
local stored = redis.pcall('GET', key)
if (type(stored) == 'string' and redis.sha1hex(stored) or '') ~= sha1 then
  return { CONFLICT, now }
end

local endings, statistics = new_endings(), new_statistics(root, now)
local word = outcome == TO_DEAD and 'dead' or 'cancelled'
if outcome == TO_DEAD then
  end_dead(endings, id, record, description)
else
  end_cancelled(endings, id, record, finished_at)
end
count_minute(statistics, word, 1)
count_handler(statistics, handler, word)

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local marks = read_marks(root)
check_endings(root, endings)
redis.call('HLEN', root .. ':waiters')
check_statistics(statistics)

redis.call('DEL', root .. ':none')
write_endings(root, endings, now)
redis.call('SET', key, record)
redis.call('HDEL', running, id)
clear_marks(root, marks, { id })
redis.call('HINCRBY', root .. ':stats', word, 1)
if endings.cancelled_bytes > 0 then
  redis.call('HINCRBY', root .. ':stats', 'cancelled_bytes', endings.cancelled_bytes)
end
write_statistics(statistics)
tell_waiters(root, endings.finished)
tell_listeners(root, now, { 'failed', endings.dead, 'cancelled', endings.cancelled })
return { APPLIED, now }
