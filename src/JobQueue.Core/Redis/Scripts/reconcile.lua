-- reconcile.lua
--
-- After a fetch whose answer was lost or came too late: makes sure that it can no longer take effect, and hands back
-- what it leased. Every id that an answered fetch leased is left alone; an unanswered fetch's ids never reached the worker.
-- Safe to repeat: the floor only rises, and an id that was handed back is no longer found.
--
-- TRANSITION  Running -> Pending
-- KEYS    1  root          P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta          HASH  P:meta, always exists
-- DERIVED (same slot) floors HASH, running HASH, cancelling SET, crashes HASH, job STRINGs, queue LISTs, ready SET, idle ZSETs, listeners ZSET
-- ARGV    1  worker_id     string
--         2  answered      integer, the last fetch number whose answer arrived
--         3  fetch_number  integer, the last fetch number sent
--         4  cursor        string, where the scan of `running` goes on; '0' at first
--         5  count         integer, how many entries to scan, about
-- RETURNS {now_ms, cursor, handed_back, cancelled[]}; a cursor of '0' ends the scan; cancelled = id, token, ...: asked to stop, these stay in
--         `running` for bury.lua
-- COST    O(count)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/suspects.lua
--@include shared/hand_back.lua
--@include shared/wake.lua
--@include shared/events.lua

local root = KEYS[1]
local worker = ARGV[1]
local answered = tonumber(ARGV[2])
local fetch_number = tonumber(ARGV[3])
local cursor = ARGV[4]
local count = ARGV[5]

local now = server_now()
local floors = root .. ':floors'

local floor = tonumber(redis.call('HGET', floors, worker) or -1)
local scan = scan_running(root, cursor, count)
local unanswered, tokens = {}, {}
for at = 1, #scan[2], 2 do
  local holder, number = string.match(scan[2][at + 1], '^(.+)|(%d+)|%d+$')
  number = tonumber(number)
  if holder == worker and number > answered and number <= fetch_number then
    unanswered[#unanswered + 1] = scan[2][at]
    tokens[scan[2][at]] = scan[2][at + 1]
  end
end
local moves, cancelled = plan_hand_back(root, unanswered)
local picked = pick_idle(root, moves.queues, now)

redis.call('DEL', root .. ':none')
if fetch_number > floor then
  redis.call('HSET', floors, worker, integer(fetch_number))
end
hand_back(root, moves)
wake(root, picked)
tell_listeners(root, now, { 'pending', moves.ids })
local held = {}
for _, id in ipairs(cancelled) do
  held[#held + 1] = id
  held[#held + 1] = tokens[id]
end
return { now, next_cursor(cursor, scan[1], moves), moves.count, held }
