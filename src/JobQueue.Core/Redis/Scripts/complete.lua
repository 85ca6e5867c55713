-- complete.lua
--
-- Stores the outcome of a batch of jobs that succeeded.
-- Safe to repeat: a job whose token is no longer held answers `already applied` when its record is the one sent, or gone.
--
-- TRANSITION  Running -> Completed
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, job STRINGs, completed LIST, stats HASH, cancelling SET, crashes HASH, progress HASH, waiters HASH,
--                     listeners ZSET, stats:<minute> HASH, stats:<handler>:<hour> HASH
-- ARGV    1… groups    of jobs that differ in nothing else: how many; lease token; finished ms; handler; field of their wait; field of their run; then two a
--                      job: id; record
-- RETURNS {now_ms, others[]}; others = of each job that was not applied: its position (from 1), its status
-- STATUS  0 applied, 1 already applied, 2 refused (the lease is another's)
-- COST    O(jobs)

--@include shared/clock.lua
--@include shared/holder.lua
--@include shared/marks.lua
--@include shared/waiters.lua
--@include shared/events.lua
--@include shared/statistics.lua

local root = KEYS[1]
local HEAD = 6

local now = server_now()
local running, job_key = root .. ':running', root .. ':job:'

-- Places are counted, not asked for: what a job costs here is most of what a job costs the server.
local ids, groups, jobs = {}, {}, 0
local at = 1
while ARGV[at] do
  local last = at + HEAD + 2 * tonumber(ARGV[at]) - 1
  for place = at + HEAD, last, 2 do
    jobs = jobs + 1
    ids[jobs] = ARGV[place]
  end
  groups[#groups + 1] = {
    last = jobs, record = at + HEAD + 1, token = ARGV[at + 1], finished = ARGV[at + 2], handler = ARGV[at + 3], wait = ARGV[at + 4], run = ARGV[at + 5],
  }
  at = last + 1
end
local tokens = redis.call('HMGET', running, unpack(ids))

local others, applied, records, entries, bytes, count = {}, {}, {}, {}, 0, 0
local digits = {} -- To write a number is dear, and records are of few sizes.
local first = 1
for _, group in ipairs(groups) do
  local token, finished, before, place = group.token, '|' .. group.finished .. '|', count, group.record
  for position = first, group.last do
    local id, record = ids[position], ARGV[place]
    place = place + 2
    local status = tokens[position] == token and APPLIED or holder_status(root, id, tokens[position], token, record)
    if status ~= APPLIED then
      others[#others + 1] = position
      others[#others + 1] = status
    else
      count = count + 1
      applied[count] = id
      records[2 * count - 1] = job_key .. id
      records[2 * count] = record
      local size = #record
      local text = digits[size]
      if not text then
        text = integer(size)
        digits[size] = text
      end
      entries[count] = id .. finished .. text
      bytes = bytes + size
    end
  end
  group.applied = count - before
  first = group.last + 1
end
if count == 0 then
  return { now, others }
end
local statistics = new_statistics(root, now)
count_minute(statistics, 'completed', count)
for _, group in ipairs(groups) do
  if group.applied > 0 then
    count_minute(statistics, group.wait, group.applied)
    count_minute(statistics, group.run, group.applied)
    count_handler(statistics, group.handler, 'completed', group.applied)
    count_handler(statistics, group.handler, group.run, group.applied)
  end
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
redis.call('LLEN', root .. ':completed')
local marks = read_marks(root)
redis.call('HLEN', root .. ':waiters')
check_statistics(statistics)

redis.call('DEL', root .. ':none')
for place = 1, 2 * count, 500 do
  redis.call('MSET', unpack(records, place, math.min(place + 499, 2 * count)))
end
redis.call('LPUSH', root .. ':completed', unpack(entries))
redis.call('HDEL', running, unpack(applied))
clear_marks(root, marks, applied)
redis.call('HINCRBY', root .. ':stats', 'completed', count)
redis.call('HINCRBY', root .. ':stats', 'completed_bytes', bytes)
write_statistics(statistics)
tell_waiters(root, applied)
tell_listeners(root, now, { 'completed', applied })
return { now, others }
