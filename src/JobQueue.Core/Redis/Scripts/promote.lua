-- promote.lua
--
-- Moves jobs that are due from `scheduled` and `retrying` to their waiting lists. Records are not read.
-- A member that is not of the form `<line>|<id>` is put off by an hour: it is not lost, and holds nothing up.
-- Safe to repeat: what was moved is no longer due. An id that stands twice is leased once, by fetch.lua's check of `running`.
--
-- TRANSITION  Scheduled -> Pending, Retrying -> Pending
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) scheduled ZSET, retrying ZSET, crashes HASH, queue LISTs, ready SET, idle ZSETs, listeners ZSET
-- ARGV    1  limit     integer, most jobs to move from each set, 1..500
-- RETURNS {now_ms, moved, next_due}; next_due = the earliest time in either set in ms, or -1
-- COST    O(moved log waiting)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/suspects.lua
--@include shared/wake.lua
--@include shared/events.lua

local root = KEYS[1]
local limit = tonumber(ARGV[1])
local PUT_OFF_MS = 3600000

local now = server_now()
local sets = { root .. ':scheduled', root .. ':retrying' }

local crashed = any_crashes(root)

local due, strange, lists, lines, queues, moved = {}, {}, {}, {}, {}, 0
for position, set in ipairs(sets) do
  due[position], strange[position] = {}, {}
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', set, '-inf', integer(now), 'LIMIT', 0, limit)) do
    local line, id = string.match(member, '^(%l+|[^|]+)|([^|]+)$')
    line = line and line_to_wait_in(root, id, line, crashed)
    local list = lists[line or '']
    if line and not list then
      redis.call('LLEN', list_of(root, line))
      list = {}
      lists[line] = list
      lines[#lines + 1] = line
      queues[queue_of(line)] = true
    end
    if line then
      list[#list + 1] = id
      due[position][#due[position] + 1] = member
      moved = moved + 1
    else
      strange[position][#strange[position] + 1] = member
    end
  end
end

if moved > 0 then
  redis.call('SCARD', root .. ':ready')
  local picked = pick_idle(root, queues, now)
  for _, line in ipairs(lines) do
    local list = lists[line]
    for at = 1, #list, 500 do
      redis.call('LPUSH', list_of(root, line), unpack(list, at, math.min(at + 499, #list)))
    end
  end
  redis.call('SADD', root .. ':ready', unpack(lines))
  for position, set in ipairs(sets) do
    if #due[position] > 0 then
      redis.call('ZREM', set, unpack(due[position]))
    end
  end
  wake(root, picked)
  local changes = {}
  for _, line in ipairs(lines) do
    changes[#changes + 1] = 'pending'
    changes[#changes + 1] = lists[line]
  end
  tell_listeners(root, now, changes)
end

for position, set in ipairs(sets) do
  for _, member in ipairs(strange[position]) do
    redis.call('ZADD', set, integer(now + PUT_OFF_MS), member)
  end
end

local next_due = -1
for _, set in ipairs(sets) do
  local first = tonumber(redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2] or -1)
  if first >= 0 and (next_due < 0 or first < next_due) then
    next_due = first
  end
end
return { now, moved, integer(next_due) }
