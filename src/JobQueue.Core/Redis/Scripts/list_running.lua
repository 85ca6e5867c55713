-- list_running.lua
--
-- Reads a page of the running jobs. Few are sorted by id; many are scanned in no order, and one may be shown twice.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, progress HASH, job STRINGs
-- ARGV    1  limit     integer, 1..500
--         2  last_id   string, the last id of the page before; ''
--         3  cursor    string, where the scan is; '' = sorted
--         4  following  string, where the scan goes on after the step that the last id was found in; ''
-- RETURNS {next[], ids[], records[], tokens[], progress[]}; next = id, cursor, following; empty when there is no more
-- COST    O(limit + running jobs, while these are at most 5,000)

--@include shared/record.lua
--@include shared/page.lua
--@include shared/progress.lua

local root = KEYS[1]
local limit = tonumber(ARGV[1])
local last_id = ARGV[2]
local cursor = ARGV[3]
local following = ARGV[4]
local SORTED = 5000

local running = root .. ':running'
local page = new_page(root, limit)
local next_page = {}

-- A cursor of Garnet counts entries, so that a scan misses some when others end meanwhile: there all are sorted.
local function counts_entries()
  return redis.call('HSCAN', running, '0', 'COUNT', 1)[1] == '1'
end

-- Adds the ids after the last one. Answers whether all were looked at.
local function add_sorted(ids, after)
  table.sort(ids)
  local rest = {}
  for _, id in ipairs(ids) do
    if id > after then
      rest[#rest + 1] = id
    end
  end
  local seen = add_to_page(page, rest)
  last_id = rest[seen] or after
  return seen == #rest
end

-- A step of the scan that did not fit the page is done again, and goes on after the last id. That holds while the step
-- is the same: when the hash has grown since, it leads elsewhere and is shown whole.
local function scan()
  repeat
    local step = redis.call('HSCAN', running, cursor, 'COUNT', limit)
    local ids = {}
    for at = 1, #step[2], 2 do
      ids[#ids + 1] = step[2][at]
    end
    if not add_sorted(ids, step[1] == following and last_id or '') then
      next_page = { last_id, cursor, step[1] }
      return
    end
    cursor, following, last_id = step[1], '', ''
  until cursor == '0' or page_is_full(page)
  if cursor ~= '0' then
    next_page = { '', cursor, '' }
  end
end

if cursor == '' and (redis.call('HLEN', running) <= SORTED or counts_entries()) then
  if not add_sorted(redis.call('HKEYS', running), last_id) then
    next_page = { last_id, '', '' }
  end
else
  cursor = cursor == '' and '0' or cursor
  scan()
end
local tokens = #page.ids > 0 and redis.call('HMGET', running, unpack(page.ids)) or {}
return { next_page, page.ids, page.records, tokens, progress_of(root, page.ids) }
