-- list_dead.lua
--
-- Reads a page of the dead letters with their records: all or one group's, newest or oldest first, up to a time of death.
-- A page begins after the last member of the page before, whether that is still there, gone, or has died anew.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root         P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta         HASH  P:meta, always exists
-- DERIVED (same slot) dead ZSET, dead:<fingerprint> ZSET, job STRINGs
-- ARGV    1  limit        integer, 1..500
--         2  max_bytes    integer, of records; the first is answered whatever its size
--         3  fingerprint  string, of the group; '' = all
--         4  order        string, `newest` or `oldest`
--         5  until_ms     string, in ms: what died later is left out; '' = nothing is
--         6  died_at      string, time of death in ms of the last member of the page before; '' = the first page
--         7  last_id      string, that member; '' with it
-- RETURNS {now_ms, total, next_died_at, next_id, ids[], times[], records[]}; a record that is gone, or a key of another type, is '';
--         next = the last member looked at, '' when no more follow
-- COST    O(limit + log² dead)

--@include shared/clock.lua
--@include shared/record.lua

local root = KEYS[1]
local limit = tonumber(ARGV[1])
local max_bytes = tonumber(ARGV[2])
local fingerprint = ARGV[3]
local order = ARGV[4]
local until_ms = ARGV[5]
local died_at = ARGV[6]
local last_id = ARGV[7]

local dead = root .. ':dead'
local set = fingerprint == '' and dead or dead .. ':' .. fingerprint
local newest = order == 'newest'
local RANGE = newest and 'ZREVRANGE' or 'ZRANGE'

-- Members of one time are in the order of their ids, so that the place after one is found by halving.
local function place_after(time, id)
  local low = newest and redis.call('ZCOUNT', set, '(' .. time, '+inf') or redis.call('ZCOUNT', set, '-inf', '(' .. time)
  local high = low + redis.call('ZCOUNT', set, time, time)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local there = redis.call(RANGE, set, middle, middle)[1]
    if newest and there < id or not newest and there > id then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

local total = redis.call('ZCARD', set)
local first, stop = 0, total
if until_ms ~= '' and newest then
  first = redis.call('ZCOUNT', set, '(' .. until_ms, '+inf')
elseif until_ms ~= '' then
  stop = redis.call('ZCOUNT', set, '-inf', until_ms)
end
if died_at ~= '' then
  first = place_after(died_at, last_id)
end

local page = first < stop and redis.call(RANGE, set, first, math.min(first + limit, stop) - 1, 'WITHSCORES') or {}
local ids, times, records, bytes, seen = {}, {}, {}, 0, 0
for at = 1, #page, 2 do
  local id = page[at]
  -- The groups are an index: only `dead` says who is dead.
  if fingerprint == '' or redis.call('ZSCORE', dead, id) then
    -- A key of another type must not hide the dead letters beside it.
    local record = redis.pcall('GET', root .. ':job:' .. id)
    record = type(record) == 'string' and to_send(record) or ''
    bytes = bytes + #record
    if #ids > 0 and bytes > max_bytes then
      break
    end
    ids[#ids + 1] = id
    times[#times + 1] = page[at + 1]
    records[#records + 1] = record
  end
  seen = seen + 1
end
local more = seen > 0 and first + seen < stop
return { server_now(), total, more and page[2 * seen] or '', more and page[2 * seen - 1] or '', ids, times, records }
