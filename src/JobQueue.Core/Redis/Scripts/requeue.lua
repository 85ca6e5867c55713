-- requeue.lua
--
-- Puts dead jobs back into their waiting lists with the records the client made for their new rounds.
-- Each is stored by compare-and-set on the previous bytes and on the place the id was read in.
-- Safe to repeat: the second call finds a job no longer dead, and its record is the one sent.
--
-- TRANSITION  Dead -> Pending
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) dead ZSET, dead:<fingerprint> ZSETs, dead:groups HASH, job STRINGs, crashes HASH, cancelling SET, progress HASH, queue LISTs,
--                     ready SET, queues SET, idle ZSETs, listeners ZSET, stats HASH
-- ARGV    1… jobs      four a job: id; sha1 of the record's bytes as they were read; line; record
-- RETURNS {now_ms, statuses[]}
-- STATUS  0 applied, 1 already applied, 8 not dead (or unknown), 9 conflict (the record has changed: read again)
-- COST    O(jobs log dead)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/marks.lua
--@include shared/groups.lua
--@include shared/wake.lua
--@include shared/events.lua

local root = KEYS[1]
local WIDTH = 4
local APPLIED, ALREADY_APPLIED, NOT_FOUND, CONFLICT = 0, 1, 8, 9

local now = server_now()
local dead = root .. ':dead'

local function status_of(id, stored, sha1, record)
  if not redis.call('ZSCORE', dead, id) then
    return stored == record and ALREADY_APPLIED or NOT_FOUND
  end
  return stored and redis.sha1hex(stored) == sha1 and APPLIED or CONFLICT
end

local statuses, ids, records, groups = {}, {}, {}, {}
local lines, lists, queues = {}, {}, {}
for at = 1, #ARGV, WIDTH do
  local id, line, record = ARGV[at], ARGV[at + 2], ARGV[at + 3]
  local key = root .. ':job:' .. id
  -- A key of another type must not hold up the jobs beside it.
  local stored = redis.pcall('GET', key)
  stored = type(stored) == 'string' and stored
  local status = status_of(id, stored, ARGV[at + 1], record)
  statuses[#statuses + 1] = status
  if status == APPLIED then
    if not lists[line] then
      lists[line] = {}
      lines[#lines + 1] = line
      queues[queue_of(line)] = true
    end
    table.insert(lists[line], id)
    ids[#ids + 1] = id
    records[#records + 1] = key
    records[#records + 1] = record
    local fingerprint = fingerprint_in(string.sub(stored, 1, 512))
    if fingerprint then
      groups[fingerprint] = groups[fingerprint] or {}
      table.insert(groups[fingerprint], id)
    end
  end
end
if #ids == 0 then
  return { now, statuses }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
for _, line in ipairs(lines) do
  redis.call('LLEN', list_of(root, line))
end
redis.call('SCARD', root .. ':ready')
redis.call('SCARD', root .. ':queues')
redis.call('HLEN', root .. ':stats')
local marks = read_marks(root)
check_groups(root, groups)
local picked = pick_idle(root, queues, now)

for _, line in ipairs(lines) do
  redis.call('LPUSH', list_of(root, line), unpack(lists[line]))
  redis.call('SADD', root .. ':ready', line)
  redis.call('SADD', root .. ':queues', queue_of(line))
end
for at = 1, #records, 500 do
  redis.call('MSET', unpack(records, at, math.min(at + 499, #records)))
end
redis.call('ZREM', dead, unpack(ids))
leave_groups(root, groups)
clear_marks(root, marks, ids)
redis.call('HINCRBY', root .. ':stats', 'requeued', #ids)
wake(root, picked)
tell_listeners(root, now, { 'pending', ids })
return { now, statuses }
