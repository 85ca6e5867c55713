-- release.lua
--
-- Hands leased jobs back without an outcome and without using an attempt: to the front of their lists, or to
-- `scheduled` when a delay is given. The record is not written.
-- Safe to repeat: only the holder of the token moves a job.
--
-- TRANSITION  Running -> Pending, Running -> Scheduled
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, cancelling SET, crashes HASH, queue LISTs, ready SET, scheduled ZSET, idle ZSETs, listeners ZSET
-- ARGV    1… jobs      four a job, oldest first: id; lease token; line; delay in ms (0 = the front of the list)
-- RETURNS {now_ms, statuses[]}
-- STATUS  0 applied, 2 refused (the token is not held, or no longer), 4 cancelled (asked to stop: settle it as that)
-- COST    O(jobs)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/suspects.lua
--@include shared/timers.lua
--@include shared/wake.lua
--@include shared/events.lua

local root = KEYS[1]
local WIDTH = 4
local APPLIED, REFUSED, CANCELLED = 0, 2, 4

local now = server_now()
local running = root .. ':running'

local ids = {}
for at = 1, #ARGV, WIDTH do
  ids[#ids + 1] = ARGV[at]
end
local tokens = redis.call('HMGET', running, unpack(ids))
local any_cancelling = redis.call('SCARD', root .. ':cancelling') > 0

local crashed = any_crashes(root)

local statuses, applied, lists, lines, queues, scheduled, scheduled_ids = {}, {}, {}, {}, {}, {}, {}
for position = #ids, 1, -1 do
  local id, at = ids[position], 1 + (position - 1) * WIDTH
  local line, delay = ARGV[at + 2], tonumber(ARGV[at + 3])
  local status = APPLIED
  if tokens[position] ~= ARGV[at + 1] then
    status = REFUSED
  elseif any_cancelling and redis.call('SISMEMBER', root .. ':cancelling', id) == 1 then
    status = CANCELLED
  end
  statuses[position] = status
  if status == APPLIED then
    applied[#applied + 1] = id
    if delay > 0 then
      scheduled[#scheduled + 1] = integer(now + delay)
      scheduled[#scheduled + 1] = line .. '|' .. id
      scheduled_ids[#scheduled_ids + 1] = id
    else
      line = line_to_wait_in(root, id, line, crashed)
      local list = lists[line]
      if not list then
        list = {}
        lists[line] = list
        lines[#lines + 1] = line
        queues[queue_of(line)] = true
      end
      list[#list + 1] = id -- The newest first: the oldest ends at the right, where fetch takes.
    end
  end
end
if #applied == 0 then
  return { now, statuses }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
redis.call('SCARD', root .. ':ready')
local earliest = earliest_in(root .. ':scheduled')
for _, line in ipairs(lines) do
  redis.call('LLEN', list_of(root, line))
end
local picked = pick_idle(root, queues, now)

redis.call('DEL', root .. ':none')
for _, line in ipairs(lines) do
  redis.call('RPUSH', list_of(root, line), unpack(lists[line]))
end
if #lines > 0 then
  redis.call('SADD', root .. ':ready', unpack(lines))
end
add_timed(root .. ':scheduled', scheduled)
redis.call('HDEL', running, unpack(applied))

wake(root, picked)
if #scheduled > 0 then
  announce_earlier(root, root .. ':scheduled', earliest)
end
local changes = { 'scheduled', scheduled_ids }
for _, line in ipairs(lines) do
  changes[#changes + 1] = 'pending'
  changes[#changes + 1] = lists[line]
end
tell_listeners(root, now, changes)
return { now, statuses }
