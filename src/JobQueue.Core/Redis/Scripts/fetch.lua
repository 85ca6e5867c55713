-- fetch.lua
--
-- Leases up to `limit` waiting jobs to a worker, in the order of the lists it is given. Queues of one priority share: each
-- yields its part first, and what is left of the limit goes to those that have more. Suspects are asked for in a call of
-- their own, which yields one and nothing else; every other call only tells that one waits.
-- Safe to repeat: a fetch number at or below the worker's floor is refused; a lost reply is handed back by reconcile.lua.
--
-- TRANSITION  Pending -> Running
-- KEYS    1  root          P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta          HASH  P:meta, always exists
-- DERIVED (same slot) workers ZSET, floors HASH, ready SET, paused SET, tombstones HASH, tombstones:count HASH, running HASH, idle ZSETs,
--                     queue LISTs, job STRINGs, listeners ZSET, taken:<minute> HASH
-- ARGV    1  worker_id     string
--         2  fetch_number  integer, rising per worker
--         3  limit         integer, 1..500
--         4  idle_ms       integer, how long the worker waits for a wake-up when it has found less than it asked for
--         5  priorities    string, the order of this call, joined by commas; `suspect` alone = one suspect, for a process that holds nothing else
--         6  rotation      integer, which queue of a priority comes first
--         7  room          string, most jobs of a queue: `<queue>=<jobs>,...`; of a queue that is not named there is no limit
--         8… queues        string, the filter; none = all
-- RETURNS {status, now_ms, ids[], records[], taken[], more, suspects, waits}; now_ms is the third part of the lease token; a record that is no string is '';
--         taken = line, number of ids, ... in the order of the ids; more = 1 when the call stopped at its bound: fetch again at once;
--         suspects = 1 when a suspect waits that this worker could take (after this call, when it asked for one);
--         waits = 1 when nothing is left that it could take, so that it was entered as one that waits for a wake-up
-- STATUS  0 applied, 5 lost (the worker is not live), 6 stale (fetch number at or below the floor)
-- COST    O(limit + lists that are not empty); at most 500 ids that are no jobs any more are dropped in one call

--@include shared/clock.lua
--@include shared/record.lua
--@include shared/wake.lua
--@include shared/events.lua
--@include shared/rate.lua

local root = KEYS[1]
local worker = ARGV[1]
local fetch_number = tonumber(ARGV[2])
local limit = tonumber(ARGV[3])
local idle_ms = tonumber(ARGV[4])
local priorities = ARGV[5]
local rotation = tonumber(ARGV[6])
local room = ARGV[7]
local FIRST_QUEUE = 8
local APPLIED, LOST, STALE = 0, 5, 6
local SLICE, LONG_SLICE, SMALL, ROW, MAX_BYTES, MAX_DROPPED, SMALLEST_SHARE = 16, 100, 4096, 100, 4 * 1024 * 1024, 500, 8
local NO_LISTPACK = string.rep('.', 65)

local now = server_now()
local running, ready, tombstones = root .. ':running', root .. ':ready', root .. ':tombstones'

if not redis.call('ZSCORE', root .. ':workers', worker) then
  return { LOST, now, {}, {}, {}, 0, 0, 0 }
end
local floor = tonumber(redis.call('HGET', root .. ':floors', worker) or -1)
if fetch_number <= floor then
  return { STALE, now, {}, {}, {}, 0, 0, 0 }
end

-- The lists to visit: not empty, not paused, served by this worker, with room.
local room_of = {}
for queue, jobs in string.gmatch(room, '([^,=]+)=(%d+)') do
  room_of[queue] = tonumber(jobs)
end
local filter, idle_keys = nil, { root .. ':idle' }
if #ARGV >= FIRST_QUEUE then
  filter, idle_keys = {}, {}
  for at = FIRST_QUEUE, #ARGV do
    filter[ARGV[at]] = true
    idle_keys[#idle_keys + 1] = root .. ':idle:' .. ARGV[at]
  end
end
local paused = {}
for _, queue in ipairs(redis.call('SMEMBERS', root .. ':paused')) do
  paused[queue] = true
end
local by_priority = {}
for _, line in ipairs(redis.call('SMEMBERS', ready)) do
  local priority, queue = string.match(line, '^(%l+)|(.+)$')
  if queue and not paused[queue] and (not filter or filter[queue]) and room_of[queue] ~= 0 then
    local queues = by_priority[priority]
    if not queues then
      queues = {}
      by_priority[priority] = queues
    end
    queues[#queues + 1] = queue
  end
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local is_first_lease = redis.call('HLEN', running) == 0
local any_tombstone = redis.call('HLEN', tombstones) > 0
redis.call('HLEN', root .. ':tombstones:count')
local was_idle = false
for _, key in ipairs(idle_keys) do
  was_idle = redis.call('ZSCORE', key, worker) and true or was_idle
end

redis.call('DEL', root .. ':none')
redis.call('HSET', root .. ':floors', worker, integer(fetch_number))

local token = worker .. '|' .. integer(fetch_number) .. '|' .. integer(now)
local leased_ids, leased_records, found, bytes, dropped, taken = {}, {}, 0, 0, 0, {}
local job_key, unfinished_queue = root .. ':job:', nil

local function is_full()
  return found >= limit or bytes > MAX_BYTES or dropped >= MAX_DROPPED
end

local function drop_tombstones(line, dead)
  redis.call('HDEL', tombstones, unpack(dead))
  if redis.call('HINCRBY', root .. ':tombstones:count', line, -#dead) <= 0 then
    redis.call('HDEL', root .. ':tombstones:count', line)
  end
end

-- Leases jobs, and answers how many they are: fewer than were given when a list names one twice.
local function lease(leases, count)
  local known = 0
  if is_first_lease then
    -- Redis packs a small hash into one list and searches that from its beginning for each field, until a value is longer than 64 bytes.
    known = redis.call('HSET', running, leases[1], NO_LISTPACK)
    is_first_lease = false
  end
  if known + redis.call('HSET', running, unpack(leases)) == count then
    return count
  end
  local seen, first = {}, found - count
  local kept = first
  for place = first + 1, found do
    local id, record = leased_ids[place], leased_records[place]
    leased_ids[place], leased_records[place] = nil, nil
    if not seen[id] then
      seen[id], kept = true, kept + 1
      leased_ids[kept], leased_records[kept] = id, record
    end
  end
  found = kept
  return kept - first
end

-- Leases some ids of a list, oldest first, until their records are too many bytes for one answer. Answers how many were jobs, and how
-- many it has looked at. Places are counted, not asked for: what a job costs here is most of what a job costs the server.
local function lease_slice(line, ids)
  local keys, size = {}, #ids
  for position = 1, size do
    keys[position] = job_key .. ids[position]
  end
  local records = redis.call('MGET', unpack(keys))
  local tokens = redis.call('HMGET', running, unpack(ids))
  local removed = any_tombstone and redis.call('HMGET', tombstones, unpack(ids)) or {}
  local leases, dead, count, looked = {}, {}, 0, 0
  for position = size, 1, -1 do
    if bytes > MAX_BYTES then
      break
    end
    local id, record = ids[position], records[position]
    looked = looked + 1
    if removed[position] then
      dead[#dead + 1] = id
    elseif not tokens[position] then
      -- MGET answers nothing for a key of another type too; that job goes to the worker, which buries it.
      if not record and redis.call('EXISTS', keys[position]) == 1 then
        record = ''
      end
      if record then
        if #record > MAX_RECORD then
          record = to_send(record) -- Not asked for each: the call would cost a tenth of the fetch, and a worker buries what begins as this does either way.
        end
        count, found = count + 1, found + 1
        leases[2 * count - 1] = id
        leases[2 * count] = token
        leased_ids[found] = id
        leased_records[found] = record
        bytes = bytes + #record
      end
    end
  end
  if count > 0 then
    count = lease(leases, count)
  end
  if #dead > 0 then
    drop_tombstones(line, dead)
  end
  dropped = dropped + looked - count
  return count, looked
end

-- Drops the tombstones that stand in a row at the right end of a list: many at a time, also when only a few jobs are wanted.
local function drop_row(line, list)
  local dead, ids
  repeat
    ids = redis.call('LRANGE', list, -math.min(ROW, MAX_DROPPED - dropped), -1)
    local removed = #ids > 0 and redis.call('HMGET', tombstones, unpack(ids)) or {}
    dead = {}
    for position = #ids, 1, -1 do
      if not removed[position] then
        break
      end
      dead[#dead + 1] = ids[position]
    end
    if #dead > 0 then
      drop_tombstones(line, dead)
      redis.call('LTRIM', list, 0, -(#dead + 1))
      dropped = dropped + #dead
    end
  until #dead == 0 or #dead < #ids or dropped >= MAX_DROPPED
end

-- Leases at most `share` jobs from the right end of one list, oldest first. Answers whether something is left there.
local function take(priority, queue, share)
  local line = priority .. '|' .. queue
  local list = root .. ':queue:' .. queue .. ':' .. priority
  local count = 0
  while count < share and not is_full() do
    local slice = found >= SLICE and bytes <= found * SMALL and LONG_SLICE or SLICE -- Few at first: nobody knows how large they are.
    local ids = redis.pcall('LRANGE', list, -math.min(slice, share - count, limit - found), -1)
    if ids.err then
      return false -- Another type stands under this name: the other lists must go on.
    end
    if #ids == 0 then
      break
    end
    local jobs, looked = lease_slice(line, ids)
    count = count + jobs
    redis.call('LTRIM', list, 0, -(looked + 1))
    if jobs == 0 and any_tombstone and not is_full() then
      drop_row(line, list)
    end
  end
  if count > 0 then
    taken[#taken + 1] = line
    taken[#taken + 1] = count
    if room_of[queue] then
      room_of[queue] = room_of[queue] - count
    end
  end
  if redis.call('LLEN', list) > 0 then
    return true
  end
  redis.call('SREM', ready, line)
  return false
end

-- One visit to each queue of a priority, `share` jobs from each. Answers the queues that have more and may yield it.
local function visit(priority, queues, share)
  local unfinished = {}
  for turn = 0, #queues - 1 do
    local queue = queues[(rotation + turn) % #queues + 1]
    local most = math.min(share, room_of[queue] or share)
    if is_full() then
      unfinished[#unfinished + 1] = queue
    elseif most > 0 and take(priority, queue, most) and room_of[queue] ~= 0 then
      unfinished[#unfinished + 1] = queue
    end
  end
  return unfinished
end

local suspects = by_priority.suspect and 1 or 0
for priority in string.gmatch(priorities, '%l+') do
  local queues = by_priority[priority] or {}
  table.sort(queues)
  local unfinished
  if priority == 'suspect' then
    -- One at a time, so that when the process dies again only the culprit is counted.
    unfinished = {}
    for turn = 0, #queues - 1 do
      local queue = queues[(rotation + turn) % #queues + 1]
      if found == 0 and not is_full() then
        if take(priority, queue, 1) then
          unfinished[#unfinished + 1] = queue
        end
      else
        unfinished[#unfinished + 1] = queue
      end
    end
    suspects = #unfinished > 0 and 1 or 0
  else
    unfinished = visit(priority, queues, math.max(math.ceil((limit - found) / math.max(#queues, 1)), SMALLEST_SHARE))
    if #unfinished > 0 and not is_full() then
      unfinished = visit(priority, unfinished, limit)
    end
  end
  unfinished_queue = unfinished[1]
  if unfinished_queue or is_full() then
    break
  end
end

local more = dropped >= MAX_DROPPED and found < limit and 1 or 0
local is_rest = found < limit and not unfinished_queue and not is_full()
local waits = more == 0 and (found == 0 or is_rest)
if waits then
  for _, key in ipairs(idle_keys) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. integer(now))
    redis.call('ZADD', key, integer(now + idle_ms), worker)
  end
elseif was_idle then
  for _, key in ipairs(idle_keys) do
    redis.call('ZREM', key, worker)
  end
end
if found == 0 and waits then
  return { APPLIED, now, {}, {}, {}, 0, suspects, 1 }
end
-- One wake-up a batch starts one worker; each worker that leaves work behind starts the next.
if unfinished_queue then
  wake(root, pick_idle(root, { [unfinished_queue] = true }, now))
end
count_taken(root, now, taken)
tell_listeners(root, now, { 'running', leased_ids })
return { APPLIED, now, leased_ids, leased_records, taken, more, suspects, waits and 1 or 0 }
