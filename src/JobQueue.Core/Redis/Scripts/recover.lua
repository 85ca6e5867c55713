-- recover.lua
--
-- Declares workers lost whose heartbeat deadline has passed, and hands their jobs back to the front of their lists.
-- The worker is removed before its jobs are moved; they are found by scanning `running` for holders that are gone, so a
-- pass that was cut short is finished by a later one.
-- After a gap between passes (the server was away) nobody is declared lost for one lease: first calls come first.
-- A crash is counted for a job that the lost worker's last snapshot names as started, and for one leased after the beat
-- before that snapshot, which may have started unseen. A worker that left in good order has no snapshot. A job whose count
-- has reached the limit stays leased and is answered for bury.lua; it is not counted again. So is one that was asked to stop,
-- and that is not counted at all: it will not run again.
--
-- TRANSITION  Running -> Pending
-- KEYS    1  root             P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta             HASH  P:meta, always exists
-- DERIVED (same slot) workers ZSET, lost ZSET, worker:<id> STRING, idle ZSETs, floors HASH, running HASH, cancelling SET, crashes HASH, job STRINGs,
--                     queue LISTs, ready SET, stats HASH, listeners ZSET
-- ARGV    1  lease_ms         integer
--         2  gap_ms           integer, a pause between passes longer than this starts the grace
--         3  max_crashes      integer
--         4  crash_window_ms  integer, a crash longer ago than this no longer counts
--         5  cursor           string, where the scan of `running` goes on; '0' begins a pass
--         6  count            integer, how many entries to scan, about
-- RETURNS {status, now_ms, cursor, lost_workers[], handed_back, held[]}; a cursor of '0' ends the pass;
--         held = id, token, crashes, ... of jobs that stay leased; crashes is 0 for one that was asked to stop
-- STATUS  0 applied, 7 grace (nobody is declared lost yet)
-- COST    O(count + lost workers)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/suspects.lua
--@include shared/hand_back.lua
--@include shared/wake.lua
--@include shared/events.lua

local root, meta = KEYS[1], KEYS[2]
local lease_ms = tonumber(ARGV[1])
local gap_ms = tonumber(ARGV[2])
local max_crashes = tonumber(ARGV[3])
local crash_window_ms = tonumber(ARGV[4])
local cursor = ARGV[5]
local count = ARGV[6]
local APPLIED, GRACE = 0, 7

local now = server_now()
local workers, crashes = root .. ':workers', root .. ':crashes'

local times = redis.call('HMGET', meta, 'last_recovery', 'grace_until')
local last_pass, grace_until = tonumber(times[1] or now), tonumber(times[2] or 0)
local gap = now - last_pass > gap_ms
if gap then
  grace_until = now + lease_ms
end
if now < grace_until then
  redis.call('DEL', root .. ':none')
  if gap then
    redis.call('HSET', meta, 'grace_until', integer(grace_until))
  end
  redis.call('HSET', meta, 'last_recovery', integer(now))
  return { GRACE, now, '0', {}, 0, {} }
end

local lost, is_lost = {}, {}
if cursor == '0' then
  lost = redis.call('ZRANGEBYSCORE', workers, '-inf', '(' .. integer(now), 'LIMIT', 0, 100)
  for _, worker in ipairs(lost) do
    is_lost[worker] = true
  end
end
local live = {}
for _, worker in ipairs(redis.call('ZRANGE', workers, 0, -1)) do
  live[worker] = not is_lost[worker]
end

-- What a lost worker said last: its snapshot and the time of the beat before it. One that names no beat is the snapshot that
-- the worker joined with: whatever it has leased, it has leased since.
local snapshots = {}
local function snapshot_of(worker)
  if snapshots[worker] == nil then
    local text = redis.pcall('GET', root .. ':worker:' .. worker)
    text = type(text) == 'string' and string.sub(text, 1, 1) == '{' and text or ''
    snapshots[worker] = { text = text, previous_beat = tonumber(string.match(text, '"previous_beat":(%d+)') or '0') }
  end
  return snapshots[worker]
end

local function may_have_started(id, worker, leased_at)
  local snapshot = snapshot_of(worker)
  return snapshot.text ~= '' and (leased_at >= snapshot.previous_beat or string.find(snapshot.text, id, 1, true) ~= nil)
end

-- The crashes of a job with this one, if it is one; and whether it is.
local function count_crash(id, worker, leased_at)
  local before, at = string.match(redis.call('HGET', crashes, id) or '', '^(%d+)|(%d+)')
  before = before and now - tonumber(at) <= crash_window_ms and tonumber(before) or 0
  if before >= max_crashes or not may_have_started(id, worker, leased_at) then
    return before, false
  end
  return before + 1, true
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
redis.call('HLEN', crashes)
redis.call('HLEN', root .. ':floors')
redis.call('HLEN', root .. ':stats')
redis.call('ZCARD', root .. ':lost')

local any_cancelling = redis.call('SCARD', root .. ':cancelling') > 0
local function was_asked_to_stop(id)
  return any_cancelling and redis.call('SISMEMBER', root .. ':cancelling', id) == 1
end

local scan = scan_running(root, cursor, count)
local orphans, counted, fresh, held, tokens = {}, {}, {}, {}, {}
for at = 1, #scan[2], 2 do
  local id, token = scan[2][at], scan[2][at + 1]
  local worker, leased_at = string.match(token, '^(.+)|%d+|(%d+)$')
  if not live[worker or ''] then
    local number, is_new = 0, false
    if worker and not was_asked_to_stop(id) then
      number, is_new = count_crash(id, worker, tonumber(leased_at))
    end
    tokens[id] = token
    if is_new then
      fresh[id] = integer(number) .. '|' .. integer(now) .. (number == max_crashes - 1 and '|suspect' or '')
      counted[#counted + 1] = id
      counted[#counted + 1] = fresh[id]
    end
    if number >= max_crashes then
      held[#held + 1] = id
      held[#held + 1] = token
      held[#held + 1] = number
    else
      orphans[#orphans + 1] = id
    end
  end
end

local moves, cancelled = plan_hand_back(root, orphans, fresh)
local picked = pick_idle(root, moves.queues, now)

redis.call('DEL', root .. ':none')
for at = 1, #counted, 500 do
  redis.call('HSET', crashes, unpack(counted, at, math.min(at + 499, #counted)))
end
redis.call('HSET', meta, 'last_recovery', integer(now))
if #lost > 0 then
  redis.call('ZREM', workers, unpack(lost))
  redis.call('HDEL', root .. ':floors', unpack(lost))
  redis.pcall('ZREM', root .. ':idle', unpack(lost))
  for _, worker in ipairs(lost) do
    redis.call('ZADD', root .. ':lost', integer(now), worker)
  end
end
hand_back(root, moves)
if moves.count > 0 then
  redis.call('HINCRBY', root .. ':stats', 'recovered', moves.count)
end
wake(root, picked)
tell_listeners(root, now, { 'pending', moves.ids })
for _, id in ipairs(cancelled) do
  held[#held + 1] = id
  held[#held + 1] = tokens[id]
  held[#held + 1] = 0
end
return { APPLIED, now, next_cursor(cursor, scan[1], moves), lost, moves.count, held }
