-- list_dead.lua
--
-- Reads a page of the dead letters, newest first, with their records.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) dead ZSET, job STRINGs
-- ARGV    1  limit     integer, 1..500
--         2  died_at   string, time of death in ms of the last id of the page before; '' begins at the newest
--         3  last_id   string, the last id of the page before; '' with it
-- RETURNS {total, ids[], times[], records[]}; a record that is gone, or a key of another type, is ''
-- COST    O(limit + log dead)

local root = KEYS[1]
local limit = tonumber(ARGV[1])
local died_at = ARGV[2]
local last_id = ARGV[3]

local dead = root .. ':dead'
local from = 0
if died_at ~= '' then
  -- The last id may have left since; then the page begins after every job that died later.
  local rank = redis.call('ZREVRANK', dead, last_id)
  from = rank and rank + 1 or redis.call('ZCOUNT', dead, '(' .. died_at, '+inf')
end
local page = redis.call('ZREVRANGE', dead, from, from + limit - 1, 'WITHSCORES')
local ids, times, records = {}, {}, {}
for at = 1, #page, 2 do
  ids[#ids + 1] = page[at]
  times[#times + 1] = page[at + 1]
  -- A key of another type must not hide the dead letters beside it.
  local record = redis.pcall('GET', root .. ':job:' .. page[at])
  records[#records + 1] = type(record) == 'string' and record or ''
end
return { redis.call('ZCARD', dead), ids, times, records }
