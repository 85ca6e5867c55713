-- settle.lua
--
-- Stores the outcome of a batch of attempts that did not succeed: another try later, the dead letters, put off, or cancelled.
-- Safe to repeat: a job whose token is no longer held answers `already applied` when its record is the one sent, or gone.
--
-- TRANSITION  Running -> Retrying, Running -> Dead, Running -> Scheduled, Running -> Cancelled
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, job STRINGs, retrying ZSET, scheduled ZSET, cancelled LIST, dead ZSET, dead:<fingerprint> ZSET, dead:groups HASH,
--                     stats HASH, cancelling SET, crashes HASH, progress HASH, waiters HASH, listeners ZSET, stats:<minute> HASH,
--                     stats:<handler>:<hour> HASH
-- ARGV    1… jobs      eleven a job: id; lease token; outcome (1 retrying, 2 dead, 3 scheduled, 4 cancelled); delay in ms; line; finished ms;
--                      handler; field of its wait, field of its run ('' when the handler did not run); description of its group ('' = none); record
-- RETURNS {now_ms, statuses[]}
-- STATUS  0 applied, 1 already applied, 2 refused (the lease is another's), 4 cancelled (asked to stop: settle it as that)
-- COST    O(jobs log waiting)

--@include shared/clock.lua
--@include shared/holder.lua
--@include shared/marks.lua
--@include shared/timers.lua
--@include shared/waiters.lua
--@include shared/events.lua
--@include shared/statistics.lua
--@include shared/groups.lua
--@include shared/endings.lua

local root = KEYS[1]
local WIDTH = 11
local CANCELLED = 4
local TO_RETRYING, TO_DEAD, TO_SCHEDULED = '1', '2', '3'

local now = server_now()
local running = root .. ':running'

local ids = {}
for at = 1, #ARGV, WIDTH do
  ids[#ids + 1] = ARGV[at]
end
local tokens = redis.call('HMGET', running, unpack(ids))
local marks = read_marks(root)

local statuses, applied, records = {}, {}, {}
local timed = { [TO_RETRYING] = {}, [TO_SCHEDULED] = {} }
local moved = { [TO_RETRYING] = {}, [TO_SCHEDULED] = {} }
local endings, failed = new_endings(), 0
local statistics = new_statistics(root, now)

-- A job that was asked to stop must not wait again, and a handler that failed while it was being cancelled has not died of it.
local function must_be_cancelled(id, outcome, run_field)
  return (timed[outcome] or outcome == TO_DEAD and run_field ~= '') and marks.cancelling and redis.call('SISMEMBER', root .. ':cancelling', id) == 1
end

local function count(outcome, handler, wait_field, run_field)
  local word = outcome == TO_RETRYING and 'retried' or outcome == TO_DEAD and 'dead' or outcome == TO_SCHEDULED and 'snoozed' or 'cancelled'
  if outcome ~= TO_SCHEDULED or run_field ~= '' then
    count_minute(statistics, word, 1)
    count_handler(statistics, handler, word)
  end
  if run_field ~= '' then
    count_minute(statistics, wait_field, 1)
    count_minute(statistics, run_field, 1)
    count_handler(statistics, handler, run_field)
    if outcome == TO_RETRYING or outcome == TO_DEAD then
      failed = failed + 1
      count_handler(statistics, handler, 'failed')
    end
  end
end

for position, id in ipairs(ids) do
  local at = 1 + (position - 1) * WIDTH
  local outcome, record = ARGV[at + 2], ARGV[at + 10]
  local status = holder_status(root, id, tokens[position], ARGV[at + 1], record)
  if status == APPLIED and must_be_cancelled(id, outcome, ARGV[at + 8]) then
    status = CANCELLED
  end
  statuses[position] = status
  if status == APPLIED then
    applied[#applied + 1] = id
    records[#records + 1] = root .. ':job:' .. id
    records[#records + 1] = record
    if timed[outcome] then
      table.insert(timed[outcome], integer(now + tonumber(ARGV[at + 3])))
      table.insert(timed[outcome], ARGV[at + 4] .. '|' .. id)
      table.insert(moved[outcome], id)
    elseif outcome == TO_DEAD then
      end_dead(endings, id, record, ARGV[at + 9])
    else
      end_cancelled(endings, id, record, ARGV[at + 5])
    end
    count(outcome, ARGV[at + 6], ARGV[at + 7], ARGV[at + 8])
  end
end
if #applied == 0 then
  return { now, statuses }
end
if failed > 0 then
  count_minute(statistics, 'failed', failed)
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local retrying, scheduled = root .. ':retrying', root .. ':scheduled'
local earliest_retry, earliest_start = earliest_in(retrying), earliest_in(scheduled)
check_endings(root, endings)
redis.call('HLEN', root .. ':waiters')
check_statistics(statistics)

redis.call('DEL', root .. ':none')
add_timed(retrying, timed[TO_RETRYING])
add_timed(scheduled, timed[TO_SCHEDULED])
write_endings(root, endings, now)
for at = 1, #records, 500 do
  redis.call('MSET', unpack(records, at, math.min(at + 499, #records)))
end
redis.call('HDEL', running, unpack(applied))
clear_marks(root, marks, applied)
local totals = {
  failed = failed, retried = #moved[TO_RETRYING], snoozed = statistics.minute.snoozed or 0,
  dead = #endings.dead, cancelled = #endings.cancelled, cancelled_bytes = endings.cancelled_bytes,
}
for field, by in pairs(totals) do
  if by > 0 then
    redis.call('HINCRBY', root .. ':stats', field, by)
  end
end
write_statistics(statistics)
announce_earlier(root, retrying, earliest_retry)
announce_earlier(root, scheduled, earliest_start)
tell_waiters(root, endings.finished)
tell_listeners(root, now, {
  'retrying', moved[TO_RETRYING], 'scheduled', moved[TO_SCHEDULED], 'failed', endings.dead, 'cancelled', endings.cancelled,
})
return { now, statuses }
