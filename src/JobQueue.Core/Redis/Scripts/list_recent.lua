-- list_recent.lua
--
-- Reads a page of the jobs that were enqueued last, newest first, together with where their ids are: that is their state.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) recent LIST, job STRINGs, running HASH, progress HASH, scheduled ZSET, retrying ZSET, dead ZSET
-- ARGV    1  limit     integer, 1..500
--         2  distance  integer, how far from the right end the last id of the page before was
--         3  last_id   string, that id; '' begins
-- RETURNS {next[], ids[], records[], tokens[], scheduled[], retrying[], dead[], progress[]}; next = distance, id; empty when there
--         is no more; '' = not there
-- COST    O(limit log waiting), and the list's length (10,000 at most) when it has moved since the page before

--@include shared/line.lua
--@include shared/record.lua
--@include shared/page.lua
--@include shared/progress.lua

local root = KEYS[1]
local limit = tonumber(ARGV[1])
local distance = tonumber(ARGV[2])
local last_id = ARGV[3]
local SLICE, MAX_TWINS = 100, 10

local recent = root .. ':recent'
local length = redis.call('LLEN', recent)

-- The index after the last id, or after the end when it was trimmed and with it all that is older. The list loses entries on
-- the right only, so an id that stands in it twice is the one that is not farther from there than it was.
local function first_index()
  if last_id == '' or redis.call('LINDEX', recent, -distance) == last_id then
    return last_id == '' and 0 or length - distance + 1
  end
  for rank = 1, MAX_TWINS do
    local index = redis.call('LPOS', recent, last_id, 'RANK', rank)
    if not index then
      break
    elseif length - index <= distance then
      return index + 1
    end
  end
  return length
end

local page = new_page(root, limit)
local next_page = {}
local from = first_index()
while #next_page == 0 do
  local ids = redis.call('LRANGE', recent, from, from + SLICE - 1)
  if #ids == 0 then
    break
  end
  local seen = add_to_page(page, ids)
  from, last_id = from + seen, ids[seen] or last_id
  if page_is_full(page) then
    next_page = { length - from + 1, last_id }
  end
end

local tokens = #page.ids > 0 and redis.call('HMGET', root .. ':running', unpack(page.ids)) or {}
local scheduled, retrying, dead = {}, {}, {}
for at, id in ipairs(page.ids) do
  local member = line_of_record(root, id) .. '|' .. id
  tokens[at] = tokens[at] or ''
  scheduled[at] = redis.call('ZSCORE', root .. ':scheduled', member) or ''
  retrying[at] = redis.call('ZSCORE', root .. ':retrying', member) or ''
  dead[at] = redis.call('ZSCORE', root .. ':dead', id) or ''
end
return { next_page, page.ids, page.records, tokens, scheduled, retrying, dead, progress_of(root, page.ids) }
