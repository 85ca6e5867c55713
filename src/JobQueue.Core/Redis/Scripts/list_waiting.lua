-- list_waiting.lua
--
-- Reads a page of the waiting jobs in the order in which they will run: suspects, then by priority; queues of one by name.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) ready SET, queue LISTs, tombstones HASH, running HASH, job STRINGs
-- ARGV    1  limit     integer, 1..500
--         2  line      string, the line of the last id of the page before; '' begins
--         3  distance  integer, how far from the right end that id was
--         4  last_id   string, that id; '' with a distance of 0
-- RETURNS {next[], ids[], records[]}; next = line, distance, id; empty when there is no more
-- COST    O(limit + lists that are not empty), and log of the list's length when it has moved since the page before

--@include shared/line.lua
--@include shared/record.lua
--@include shared/page.lua

local root = KEYS[1]
local limit = tonumber(ARGV[1])
local line = ARGV[2]
local distance = tonumber(ARGV[3])
local last_id = ARGV[4]
local PRIORITIES = { 'suspect', 'critical', 'high', 'normal', 'low' }
local SLICE, WINDOW, MAX_SEARCH = 100, 100, 20000

local running, tombstones = root .. ':running', root .. ':tombstones'
local any_tombstone = redis.call('HLEN', tombstones) > 0

-- Where the last id is now, counted from the right. Workers take from there, so it has come nearer, or it was taken and
-- with it all before it. Ids begin with their time, so they rise from the right; chosen ids and handed-back jobs do not, and
-- are looked for near the end that moves. An id that is not found begins the list again: a job may be shown twice, never missed.
local function position_of(list, hint, id)
  if hint == 0 or redis.call('LINDEX', list, -hint) == id then
    return hint
  end
  local length = redis.call('LLEN', list)
  local low, high = 1, math.min(length, hint + WINDOW)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if redis.call('LINDEX', list, -middle) < id then
      low = middle + 1
    else
      high = middle
    end
  end
  local right = math.max(1, low - WINDOW)
  local near = redis.call('LRANGE', list, -(low + WINDOW), -right)
  for at = #near, 1, -1 do
    if near[at] == id then
      return right + #near - at
    end
  end
  local index = redis.call('LPOS', list, id, 'RANK', -1, 'MAXLEN', MAX_SEARCH)
  return index and length - index or 0
end

-- The queues of each priority that come at or after the cursor's line.
local function queues_by_priority(first_priority, first_queue)
  local by_priority, reached = {}, first_priority == nil
  for _, priority in ipairs(PRIORITIES) do
    reached = reached or priority == first_priority
    by_priority[priority] = reached and {} or nil
  end
  for _, ready in ipairs(redis.call('SMEMBERS', root .. ':ready')) do
    local priority, queue = string.match(ready, '^(%l+)|(.+)$')
    local queues = by_priority[priority]
    if queues and (priority ~= first_priority or queue >= first_queue) then
      queues[#queues + 1] = queue
    end
  end
  return by_priority
end

local page = new_page(root, limit)
local next_page = {}

-- Answers whether the list was read to its end.
local function read_list(current, from, id)
  while true do
    local slice = redis.pcall('LRANGE', list_of(root, current), -(from + SLICE), -(from + 1))
    if slice.err or #slice == 0 then
      return true
    end
    local ids, skip = {}, {}
    for at = #slice, 1, -1 do
      ids[#ids + 1] = slice[at]
    end
    local tokens = redis.call('HMGET', running, unpack(ids))
    local removed = any_tombstone and redis.call('HMGET', tombstones, unpack(ids)) or {}
    for at = 1, #ids do
      skip[at] = tokens[at] or removed[at]
    end
    local seen = add_to_page(page, ids, skip)
    from, id = from + seen, ids[seen] or id
    if page_is_full(page) then
      next_page = { current, from, id }
      return false
    end
  end
end

local first_priority, first_queue = string.match(line, '^(%l+)|(.+)$')
local by_priority = queues_by_priority(first_priority, first_queue)
for _, priority in ipairs(PRIORITIES) do
  local queues = by_priority[priority] or {}
  table.sort(queues)
  for _, queue in ipairs(queues) do
    local current = priority .. '|' .. queue
    local from = current == line and position_of(list_of(root, line), distance, last_id) or 0
    page.looks = page.looks + 10 -- A list costs about as much as ten ids.
    if not read_list(current, from, from > 0 and last_id or '') then
      return { next_page, page.ids, page.records }
    end
  end
end
return { next_page, page.ids, page.records }
