-- list_finished.lua
--
-- Reads a page of the completed or the cancelled jobs, those that finished last first.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) completed LIST, cancelled LIST, job STRINGs
-- ARGV    1  limit     integer, 1..500
--         2  list      string, completed or cancelled
--         3  distance  integer, how far from the right end the last entry of the page before was
--         4  entry     string, that entry; '' begins
-- RETURNS {next[], ids[], records[]}; next = distance, entry; empty when there is no more
-- COST    O(limit), and log of the list's length when entries have left it since the page before

--@include shared/record.lua
--@include shared/page.lua

local root = KEYS[1]
local limit = tonumber(ARGV[1])
local list = ARGV[2]
local distance = tonumber(ARGV[3])
local entry = ARGV[4]
local SLICE, WINDOW = 100, 1000

local key = root .. ':' .. list
local length = redis.call('LLEN', key)

local function finished_at(other)
  return tonumber(string.match(other, '^%x+|(%d+)|') or 0)
end

-- The index after the last entry. New entries come on the left, so it is counted from the right, where retention takes.
-- When it is not there, times fall from the left: on with the first that did not finish later, at most some of its time again.
local function first_index()
  if entry == '' then
    return 0
  end
  if redis.call('LINDEX', key, -distance) == entry then
    return length - distance + 1
  end
  local time = finished_at(entry)
  local low, high = 0, length
  while low < high do
    local middle = math.floor((low + high) / 2)
    if finished_at(redis.call('LINDEX', key, middle)) > time then
      low = middle + 1
    else
      high = middle
    end
  end
  for at, other in ipairs(redis.call('LRANGE', key, low, low + WINDOW - 1)) do
    if other == entry then
      return low + at
    end
  end
  return low
end

local page = new_page(root, limit)
local next_page = {}
local from = first_index()
while #next_page == 0 do
  local slice = redis.call('LRANGE', key, from, from + SLICE - 1)
  if #slice == 0 then
    break
  end
  local ids = {}
  for at, other in ipairs(slice) do
    ids[at] = string.match(other, '^%x+') or other
  end
  local seen = add_to_page(page, ids)
  from, entry = from + seen, slice[seen] or entry
  if page_is_full(page) then
    next_page = { length - from + 1, entry }
  end
end
return { next_page, page.ids, page.records }
