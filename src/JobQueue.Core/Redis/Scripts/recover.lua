-- recover.lua
--
-- Declares workers lost whose heartbeat deadline has passed, and hands their jobs back to the front of their lists.
-- The worker is removed before its jobs are moved; they are found by scanning `running` for holders that are gone, so a
-- pass that was cut short is finished by a later one.
-- After a gap between passes (the server was away) nobody is declared lost for one lease: first calls come first.
--
-- TRANSITION  Running -> Pending
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) workers ZSET, idle ZSETs, floors HASH, running HASH, cancelling SET, job STRINGs, queue LISTs, ready SET, stats HASH
-- ARGV    1  lease_ms  integer
--         2  gap_ms    integer, a pause between passes longer than this starts the grace
--         3  cursor    string, where the scan of `running` goes on; '0' begins a pass
--         4  count     integer, how many entries to scan, about
-- RETURNS {status, now_ms, cursor, lost_workers[], handed_back, cancelled_ids[]}; a cursor of '0' ends the pass
-- STATUS  0 applied, 7 grace (nobody is declared lost yet)
-- COST    O(count + lost workers)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/hand_back.lua
--@include shared/wake.lua

local root, meta = KEYS[1], KEYS[2]
local lease_ms = tonumber(ARGV[1])
local gap_ms = tonumber(ARGV[2])
local cursor = ARGV[3]
local count = ARGV[4]
local APPLIED, GRACE = 0, 7

local now = server_now()
local workers = root .. ':workers'

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
local scan = scan_running(root, cursor, count)
local orphans = {}
for at = 1, #scan[2], 2 do
  local holder = string.match(scan[2][at + 1], '^(.+)|%d+|%d+$')
  if not live[holder or ''] then
    orphans[#orphans + 1] = scan[2][at]
  end
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local moves, cancelled = plan_hand_back(root, orphans)
local picked = pick_idle(root, moves.queues, now)
redis.call('HLEN', root .. ':floors')
redis.call('HLEN', root .. ':stats')

redis.call('DEL', root .. ':none')
redis.call('HSET', meta, 'last_recovery', integer(now))
if #lost > 0 then
  redis.call('ZREM', workers, unpack(lost))
  redis.call('HDEL', root .. ':floors', unpack(lost))
  redis.pcall('ZREM', root .. ':idle', unpack(lost))
end
hand_back(root, moves)
if moves.count > 0 then
  redis.call('HINCRBY', root .. ':stats', 'recovered', moves.count)
end
wake(root, picked)
return { APPLIED, now, next_cursor(cursor, scan[1], moves), lost, moves.count, cancelled }
