-- list_timed.lua
--
-- Reads a page of the jobs of a sorted set: scheduled and retrying jobs by due time, dead ones from the last that died.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) scheduled ZSET, retrying ZSET, dead ZSET, job STRINGs
-- ARGV    1  limit     integer, 1..500
--         2  set       string, scheduled, retrying or dead
--         3  score     string, of the last member of the page before; '' begins
--         4  member    string, that member; '' with it
-- RETURNS {next[], ids[], records[], scores[]}; next = score, member; empty when there is no more
-- COST    O(limit + log members)

--@include shared/clock.lua
--@include shared/record.lua
--@include shared/page.lua

local root = KEYS[1]
local limit = tonumber(ARGV[1])
local set = ARGV[2]
local score = ARGV[3]
local member = ARGV[4]
local SLICE, ID_LENGTH = 100, 32

local key = root .. ':' .. set
local newest_first = set == 'dead'
local range = newest_first and 'ZREVRANGE' or 'ZRANGE'

local function count_before(bound)
  if newest_first then
    return redis.call('ZCOUNT', key, bound, '+inf')
  end
  return redis.call('ZCOUNT', key, '-inf', bound)
end

local function comes_after(other)
  if newest_first then
    return other < member
  end
  return other > member
end

-- The rank after the last member. It may have left, or come back with another time, since: then among those of its time,
-- which can be many, the first that comes after it.
local function first_rank()
  if score == '' then
    return 0
  end
  local stored = redis.call('ZSCORE', key, member)
  if stored and tonumber(stored) == tonumber(score) then
    return redis.call(newest_first and 'ZREVRANK' or 'ZRANK', key, member) + 1
  end
  local low, high = count_before('(' .. score), count_before(score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if comes_after(redis.call(range, key, middle, middle)[1]) then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

local page = new_page(root, limit)
local scores, next_page = {}, {}
local from = first_rank()
while #next_page == 0 do
  local slice = redis.call(range, key, from, from + SLICE - 1, 'WITHSCORES')
  if #slice == 0 then
    break
  end
  local ids, times = {}, {}
  for at = 1, #slice, 2 do
    ids[#ids + 1] = string.sub(slice[at], -ID_LENGTH)
    times[ids[#ids]] = integer(tonumber(slice[at + 1]))
  end
  local first = #page.ids
  local seen = add_to_page(page, ids)
  for at = first + 1, #page.ids do
    scores[at] = times[page.ids[at]]
  end
  from = from + seen
  if page_is_full(page) then
    next_page = { integer(tonumber(slice[2 * seen])), slice[2 * seen - 1] }
  end
end
return { next_page, page.ids, page.records, scores }
