-- walk.lua
--
-- Reads a page of one of the store's structures, whatever its type. A list is read from the left by position: what is
-- pushed meanwhile is seen again, and nothing that stays is passed over. Each page of a list begins with the last element of the
-- page before, so that the reader sees how far the rest has moved. Sorted sets go by rank, hashes and sets by cursor.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) queue LISTs, scheduled ZSET, retrying ZSET, running HASH, dead ZSET, dead:<fingerprint> ZSETs, dead:groups HASH, completed LIST,
--                     cancelled LIST, tombstones HASH, ready SET, cancelling SET, crashes HASH, progress HASH, attached HASH
-- ARGV    1  name      string, of the key, without the root
--         2  cursor    string, '0' at first
--         3  count     integer, how many to read, about; 2 or more
-- RETURNS {type, cursor, items[]}; a cursor of '0' ends the walk; of a hash the items are field, value, ...; of a key that is gone, none
-- COST    O(count), of a list O(count + cursor)

--@include shared/clock.lua
--@include shared/try.lua

local root = KEYS[1]
local name = ARGV[1]
local cursor = ARGV[2]
local count = tonumber(ARGV[3])

local key = root .. ':' .. name
local kind = type_of(key)

local function by_position(command, step)
  local first = tonumber(cursor)
  local items = redis.call(command, key, integer(first), integer(first + count - 1))
  return { kind, #items < count and '0' or integer(first + step), items }
end

if kind == 'list' then
  return by_position('LRANGE', count - 1)
elseif kind == 'zset' then
  return by_position('ZRANGE', count)
elseif kind == 'hash' or kind == 'set' then
  local page = redis.call(kind == 'hash' and 'HSCAN' or 'SSCAN', key, cursor, 'COUNT', count)
  return { kind, page[1], page[2] }
end
return { kind, '0', {} }
