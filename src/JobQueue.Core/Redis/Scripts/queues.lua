-- queues.lua
--
-- Reads a page of the known, or of the paused, queues: what waits in each, and the job at the front of each of its lists.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) queues SET, paused SET, queue LISTs, tombstones HASH, tombstones:count HASH, job STRINGs, taken:<minute> HASH
-- ARGV    1  set       string, queues or paused
--         2  cursor    string, '0' begins
--         3  count     integer, about how many queues
-- RETURNS {now_ms, cursor, queues[]}; the cursor is '0' after the last; eighteen a queue: name; 1 if paused; jobs taken in the last minute; five
--         numbers of jobs waiting (suspect, critical, high, normal, low); the five ids at the fronts; their records.
--         '' = none, a record also when the page is large
-- COST    O(queues of the page)

--@include shared/clock.lua
--@include shared/record.lua
--@include shared/rate.lua

local root = KEYS[1]
local set = ARGV[1]
local cursor = ARGV[2]
local count = ARGV[3]
local PRIORITIES = { 'suspect', 'critical', 'high', 'normal', 'low' }
local SLICE, MAX_LOOKS, MAX_BYTES = 16, 5000, 4 * 1024 * 1024

local now = server_now()
local tombstones = root .. ':tombstones'
local any_tombstone = redis.call('HLEN', tombstones) > 0
local looks, bytes = 0, 0

-- The first from the right that will run, if it is among those that this call may look at.
local function front_of(list)
  local from = 0
  while looks < MAX_LOOKS do
    local ids = redis.pcall('LRANGE', list, -(from + SLICE), -(from + 1))
    if ids.err or #ids == 0 then
      return '', ''
    end
    local removed = any_tombstone and redis.call('HMGET', tombstones, unpack(ids)) or {}
    for at = #ids, 1, -1 do
      looks = looks + 1
      if not removed[at] then
        local key = root .. ':job:' .. ids[at]
        if bytes > MAX_BYTES then
          return ids[at], ''
        end
        local record = redis.pcall('GET', key)
        if type(record) == 'string' then
          record = to_send(record)
          bytes = bytes + #record
          return ids[at], record
        end
      end
    end
    from = from + #ids
  end
  return '', ''
end

local page = redis.call('SSCAN', root .. ':' .. set, cursor, 'COUNT', count)
local answer = {}
for _, queue in ipairs(page[2]) do
  local numbers, ids, records = {}, {}, {}
  for at, priority in ipairs(PRIORITIES) do
    local list = root .. ':queue:' .. queue .. ':' .. priority
    local length = redis.pcall('LLEN', list)
    numbers[at], ids[at], records[at] = 0, '', ''
    if type(length) == 'number' and length > 0 then
      local removed = any_tombstone and redis.call('HGET', root .. ':tombstones:count', priority .. '|' .. queue)
      numbers[at] = math.max(0, length - tonumber(removed or 0))
      if numbers[at] > 0 then
        ids[at], records[at] = front_of(list)
      end
    end
  end
  answer[#answer + 1] = queue
  answer[#answer + 1] = redis.call('SISMEMBER', root .. ':paused', queue)
  answer[#answer + 1] = integer(taken_in_a_minute(root, now, queue))
  for _, group in ipairs({ numbers, ids, records }) do
    for at = 1, #PRIORITIES do
      answer[#answer + 1] = group[at]
    end
  end
end
return { now, page[1], answer }
