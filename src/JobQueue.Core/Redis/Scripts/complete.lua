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
-- ARGV    1… jobs      seven a job: id; lease token; finished ms; handler; field of its wait; field of its run; record
-- RETURNS {now_ms, statuses[]}
-- STATUS  0 applied, 1 already applied, 2 refused (the lease is another's)
-- COST    O(jobs)

--@include shared/clock.lua
--@include shared/holder.lua
--@include shared/marks.lua
--@include shared/waiters.lua
--@include shared/events.lua
--@include shared/statistics.lua

local root = KEYS[1]
local WIDTH = 7

local now = server_now()
local running = root .. ':running'

local ids = {}
for at = 1, #ARGV, WIDTH do
  ids[#ids + 1] = ARGV[at]
end
local tokens = redis.call('HMGET', running, unpack(ids))

local statuses, applied, records, entries, bytes = {}, {}, {}, {}, 0
local statistics = new_statistics(root, now)
for position, id in ipairs(ids) do
  local at = 1 + (position - 1) * WIDTH
  local record = ARGV[at + 6]
  local status = holder_status(root, id, tokens[position], ARGV[at + 1], record)
  statuses[position] = status
  if status == APPLIED then
    local handler = ARGV[at + 3]
    applied[#applied + 1] = id
    records[#records + 1] = root .. ':job:' .. id
    records[#records + 1] = record
    entries[#entries + 1] = id .. '|' .. ARGV[at + 2] .. '|' .. #record
    bytes = bytes + #record
    count_minute(statistics, ARGV[at + 4], 1)
    count_minute(statistics, ARGV[at + 5], 1)
    count_handler(statistics, handler, 'completed')
    count_handler(statistics, handler, ARGV[at + 5])
  end
end
if #applied == 0 then
  return { now, statuses }
end
count_minute(statistics, 'completed', #applied)

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
redis.call('LLEN', root .. ':completed')
local marks = read_marks(root)
redis.call('HLEN', root .. ':waiters')
check_statistics(statistics)

redis.call('DEL', root .. ':none')
for at = 1, #records, 500 do
  redis.call('MSET', unpack(records, at, math.min(at + 499, #records)))
end
redis.call('LPUSH', root .. ':completed', unpack(entries))
redis.call('HDEL', running, unpack(applied))
clear_marks(root, marks, applied)
redis.call('HINCRBY', root .. ':stats', 'completed', #applied)
redis.call('HINCRBY', root .. ':stats', 'completed_bytes', bytes)
write_statistics(statistics)
tell_waiters(root, applied)
tell_listeners(root, now, { 'completed', applied })
return { now, statuses }
