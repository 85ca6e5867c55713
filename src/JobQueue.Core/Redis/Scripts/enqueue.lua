-- enqueue.lua
--
-- Stores a batch of new jobs and puts each in its waiting list, or in `scheduled` until it is due.
-- Safe to repeat: the producer's last batch number is stored with its answer; an older number is refused.
--
-- TRANSITION  (new) -> Pending, (new) -> Scheduled
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) producers HASH, tombstones HASH, queue LISTs, scheduled ZSET, job STRINGs, ready SET, queues SET, recent LIST, stats HASH,
--                     idle ZSETs, listeners ZSET, stats:<minute> HASH
-- ARGV    1  producer  string, one process's incarnation
--         2  batch     integer, rising per producer
--         3… groups    of jobs that share their line and time: how many; line; due ('' now, '+N' in N ms, 'N' at N ms); then two a job: id; record
-- RETURNS {status, now_ms, duplicates}; duplicates = the positions (from 1) refused because the id exists, joined by commas
-- STATUS  0 applied, 1 already applied (the stored answer), 6 stale (a lower batch number)
-- COST    O(jobs)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/timers.lua
--@include shared/wake.lua
--@include shared/events.lua
--@include shared/statistics.lua

local root = KEYS[1]
local producer = ARGV[1]
local batch = tonumber(ARGV[2])
local FIRST_GROUP, HEAD = 3, 3
local APPLIED, ALREADY_APPLIED, STALE = 0, 1, 6
local RECENT, TRIMMED = 10000, 100

local now = server_now()
local producers = root .. ':producers'

local seen = redis.call('HGET', producers, producer)
if seen then
  local number, _, duplicates = string.match(seen, '^(%d+)|(%d+)|(.*)$')
  if number and tonumber(number) == batch then
    return { ALREADY_APPLIED, now, duplicates }
  end
  if number and tonumber(number) > batch then
    return { STALE, now, '' }
  end
end

-- Places are counted, not asked for: what a job costs here is most of what a job costs the server.
local ids, keys, records, groups, jobs = {}, {}, {}, {}, 0
local at = FIRST_GROUP
while ARGV[at] do
  local size, line, due = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
  local last = at + HEAD + 2 * size - 1
  for place = at + HEAD, last, 2 do
    jobs = jobs + 1
    ids[jobs], records[jobs] = ARGV[place], ARGV[place + 1]
    keys[jobs] = root .. ':job:' .. ARGV[place]
  end
  if due ~= '' then
    due = string.sub(due, 1, 1) == '+' and now + tonumber(string.sub(due, 2)) or tonumber(due)
  end
  groups[#groups + 1] = { last = jobs, line = line, due = due ~= '' and due > now and due or nil }
  at = last + 1
end

-- Which ids exist, and which were removed from a list that still has them. One call answers for the usual batch, in which there are neither.
keys[jobs + 1] = root .. ':tombstones'
local found = redis.call('EXISTS', unpack(keys))
local any_removed = found > 0 and redis.call('HLEN', keys[jobs + 1]) > 0
local any_exists = found > (any_removed and 1 or 0)
local tombstones = any_removed and redis.call('HMGET', keys[jobs + 1], unpack(ids)) or {}

local taken, duplicates = {}, {}
local lists, waiting, queues = {}, {}, {}
local scheduled, scheduled_ids, stored, accepted, count = {}, {}, {}, {}, 0

-- Answers where the ids of a group go, and how many are there.
local function ids_of(group)
  if group.due then
    return scheduled_ids, #scheduled_ids
  end
  local list = lists[group.line]
  if not list then
    list = {}
    lists[group.line] = list
    waiting[#waiting + 1] = group.line
  end
  return list, #list
end

local first = 1
for _, group in ipairs(groups) do
  local list, length, before = nil, 0, count
  for position = first, group.last do
    local id = ids[position]
    if taken[id] or tombstones[position] or (any_exists and redis.call('EXISTS', keys[position]) == 1) then
      duplicates[#duplicates + 1] = position
    else
      taken[id] = true
      if not list then
        list, length = ids_of(group)
      end
      count, length = count + 1, length + 1
      list[length] = id
      accepted[count] = id
      stored[2 * count - 1] = keys[position]
      stored[2 * count] = records[position]
      if group.due then
        scheduled[2 * length - 1] = integer(group.due)
        scheduled[2 * length] = group.line .. '|' .. id
      end
    end
  end
  if count > before then
    queues[queue_of(group.line)] = true
  end
  first = group.last + 1
end

-- Every structural key that is written to is read before the first write, or is the first: a key of the wrong type stops the script here.
redis.call('LLEN', root .. ':recent')
local statistics = new_statistics(root, now)
check_statistics(statistics)
local earliest = #scheduled > 0 and earliest_in(root .. ':scheduled')
local new_queues, new_lines, woken_queues = {}, {}, {}
for queue in pairs(queues) do
  if redis.call('SISMEMBER', root .. ':queues', queue) == 0 then
    new_queues[#new_queues + 1] = queue
  end
end
for place, line in ipairs(waiting) do
  if place > 1 then
    redis.call('LLEN', list_of(root, line))
  end
  if redis.call('SISMEMBER', root .. ':ready', line) == 0 then
    new_lines[#new_lines + 1] = line
  end
  woken_queues[queue_of(line)] = true
end

-- Nobody waits or watches while there is much to do: then one call says so.
local others = { root .. ':listeners', root .. ':idle' }
for queue in pairs(woken_queues) do
  others[#others + 1] = root .. ':idle:' .. queue
end
local is_noticed = redis.call('EXISTS', unpack(others)) > 0
local picked = is_noticed and pick_idle(root, woken_queues, now) or {}

-- A list entry without a record is dropped by fetch, so a script that stops here has lost nothing that was promised.
for _, line in ipairs(waiting) do
  redis.call('LPUSH', list_of(root, line), unpack(lists[line]))
end
if #new_lines > 0 then
  redis.call('SADD', root .. ':ready', unpack(new_lines))
end
add_timed(root .. ':scheduled', scheduled)
for place = 1, 2 * count, 500 do
  redis.call('MSET', unpack(stored, place, math.min(place + 499, 2 * count)))
end

local answer = table.concat(duplicates, ',')
redis.call('HSET', producers, producer, integer(batch) .. '|' .. integer(now) .. '|' .. answer)

if count > 0 then
  if #new_queues > 0 then
    redis.call('SADD', root .. ':queues', unpack(new_queues))
  end
  if redis.call('LPUSH', root .. ':recent', unpack(accepted)) >= RECENT + TRIMMED then
    redis.call('LTRIM', root .. ':recent', 0, RECENT - 1)
  end
  redis.call('HINCRBY', root .. ':stats', 'enqueued', count)
  count_minute(statistics, 'enqueued', count)
  write_statistics(statistics)
end

wake(root, picked)
if #scheduled > 0 then
  announce_earlier(root, root .. ':scheduled', earliest)
end
if not is_noticed then
  return { APPLIED, now, answer }
end
local changes = { 'scheduled', scheduled_ids }
for _, line in ipairs(waiting) do
  changes[#changes + 1] = 'pending'
  changes[#changes + 1] = lists[line]
end
tell_listeners(root, now, changes)
return { APPLIED, now, answer }
