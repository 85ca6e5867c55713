-- fire_recurring.lua
--
-- Enqueues the jobs of occurrences that have come and moves their recurring jobs on to the next ones, by compare-and-set on the time
-- that was due: of all processes that try, one fires it. The ids of the jobs follow from the occurrence, so that one that was enqueued
-- before a call stopped half way is a duplicate and no second job.
-- Safe to repeat: what has moved on is no longer due at that time.
--
-- TRANSITION  (new) -> Pending
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) recurring:state HASH, recurring:due ZSET, recurring:due:<owner> ZSET, running HASH, scheduled ZSET, retrying ZSET, dead ZSET,
--                     tombstones HASH, queue LISTs, job STRINGs, ready SET, queues SET, recent LIST, stats HASH, idle ZSETs, listeners ZSET,
--                     stats:<minute> HASH
-- ARGV    1… fires     seven a recurring job, then its jobs: name; owner; time that is due in ms, '' = run now, whatever the timetable says;
--                      next occurrence in ms, '' = none; occurrence in ms; 1 = leave it out while the job before has not ended;
--                      number of jobs; three a job: id; line; record
-- RETURNS {now_ms, statuses[], enqueued[]}; enqueued = how many jobs of each are new
-- STATUS  0 applied, 1 already applied, 6 stale (it is not due at that time, not due yet, or would not move on), 8 not found
-- COST    O(fires log recurring jobs + jobs)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/place.lua
--@include shared/recurring.lua
--@include shared/wake.lua
--@include shared/events.lua
--@include shared/statistics.lua

local root = KEYS[1]
local HEAD, WIDTH = 7, 3
local APPLIED, ALREADY_APPLIED, STALE, NOT_FOUND = 0, 1, 6, 8
local RECENT = 10000

local now = server_now()

local function is_stored(id)
  return redis.call('EXISTS', root .. ':job:' .. id) == 1 or redis.call('HEXISTS', root .. ':tombstones', id) == 1
end

-- Whether a job waits, runs or is to be retried.
local function has_not_ended(id)
  if id == '' or redis.call('EXISTS', root .. ':job:' .. id) == 0 then
    return false
  end
  if redis.call('HEXISTS', root .. ':running', id) == 1 then
    return true
  end
  local place = place_of(root, id, line_of_record(root, id))
  if place ~= 'pending' then
    return place ~= 'dead'
  end
  local record = redis.pcall('GET', root .. ':job:' .. id)
  return type(record) == 'string' and not string.find(string.match(record, '^(.-),"args":') or record, '"finished_at":', 1, true)
end

local function status_of(fire)
  local state = fire.state
  if not state or state.owner ~= fire.owner then
    return NOT_FOUND
  end
  if fire.due == '' then
    return APPLIED
  end
  local due = redis.call('ZSCORE', due_key(root, fire.owner), fire.name)
  if not due or tonumber(due) ~= tonumber(fire.due) then
    return tonumber(fire.occurrence) <= (tonumber(state.occurrence) or -1) and ALREADY_APPLIED or STALE
  end
  if tonumber(due) > now or (fire.next ~= '' and tonumber(fire.next) <= tonumber(due)) then
    return STALE
  end
  return APPLIED
end

local statuses, enqueued, fires = {}, {}, {}
local lists, lines, queues, records, accepted, taken = {}, {}, {}, {}, {}, {}

local function add_job(id, line, record)
  if taken[id] or is_stored(id) then
    return 0
  end
  taken[id] = true
  if not lists[line] then
    lists[line] = {}
    lines[#lines + 1] = line
    queues[queue_of(line)] = true
  end
  table.insert(lists[line], id)
  accepted[#accepted + 1] = id
  records[#records + 1] = root .. ':job:' .. id
  records[#records + 1] = record
  return 1
end

local at = 1
while at <= #ARGV do
  local fire = { name = ARGV[at], owner = ARGV[at + 1], due = ARGV[at + 2], next = ARGV[at + 3], occurrence = ARGV[at + 4] }
  local no_overlap, jobs = ARGV[at + 5] == '1', tonumber(ARGV[at + 6])
  fire.state = read_recurring(root, fire.name)
  local status = status_of(fire)
  local added = 0
  if status == APPLIED then
    fires[#fires + 1] = fire
    if not no_overlap or not has_not_ended(fire.state.job) then
      for job = 0, jobs - 1 do
        local first = at + HEAD + job * WIDTH
        added = added + add_job(ARGV[first], ARGV[first + 1], ARGV[first + 2])
        fire.job = ARGV[first]
      end
    end
  end
  fire.added = added
  statuses[#statuses + 1] = status
  enqueued[#enqueued + 1] = added
  at = at + HEAD + jobs * WIDTH
end
if #fires == 0 then
  return { now, statuses, enqueued }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
redis.call('SCARD', root .. ':ready')
redis.call('SCARD', root .. ':queues')
redis.call('LLEN', root .. ':recent')
redis.call('HLEN', root .. ':running')
redis.call('HLEN', root .. ':tombstones')
local statistics = new_statistics(root, now)
check_statistics(statistics)
for _, line in ipairs(lines) do
  redis.call('LLEN', list_of(root, line))
end
for _, fire in ipairs(fires) do
  redis.call('ZCARD', due_key(root, fire.owner))
end
local picked = pick_idle(root, queues, now)

-- A list entry without a record is dropped by fetch, so a script that stops here has lost nothing that was promised.
for _, line in ipairs(lines) do
  redis.call('LPUSH', list_of(root, line), unpack(lists[line]))
end
if #lines > 0 then
  redis.call('SADD', root .. ':ready', unpack(lines))
end
for first = 1, #records, 500 do
  redis.call('MSET', unpack(records, first, math.min(first + 499, #records)))
end
for _, fire in ipairs(fires) do
  local state = fire.state
  if fire.due ~= '' then
    set_due(root, fire.owner, fire.name, fire.next)
    state.occurrence = fire.occurrence
  end
  if fire.job then
    state.run, state.job, state.runs = integer(now), fire.job, integer(tonumber(state.runs) + fire.added)
  end
  write_recurring(root, fire.name, state)
end

if #accepted > 0 then
  for queue in pairs(queues) do
    redis.call('SADD', root .. ':queues', queue)
  end
  redis.call('LPUSH', root .. ':recent', unpack(accepted))
  redis.call('LTRIM', root .. ':recent', 0, RECENT - 1)
  redis.call('HINCRBY', root .. ':stats', 'enqueued', #accepted)
  count_minute(statistics, 'enqueued', #accepted)
  write_statistics(statistics)
end

wake(root, picked)
local changes = {}
for _, line in ipairs(lines) do
  changes[#changes + 1] = 'pending'
  changes[#changes + 1] = lists[line]
end
tell_listeners(root, now, changes)
return { now, statuses, enqueued }
