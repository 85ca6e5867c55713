-- repair_entry.lua
--
-- Removes an entry that is not of the form that its place needs, so that everybody passes it over.
-- Safe to repeat: an entry that is gone changes nothing.
--
-- TRANSITION  none
-- KEYS    1  root  P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta  HASH  P:meta, always exists
-- DERIVED (same slot) scheduled ZSET, retrying ZSET, dead ZSET, dead:<fingerprint> ZSETs, queue LISTs, ready SET, running HASH, completed LIST, cancelled LIST,
--                     tombstones HASH, cancelling SET, crashes HASH, progress HASH, attached HASH
-- ARGV    1  name  string, of the key
--         2  text  string, the entry
-- RETURNS {now_ms, removed}; removed = how often it stood there
-- COST    O(length of the list)

--@include shared/clock.lua
--@include shared/try.lua

local root = KEYS[1]
local name = ARGV[1]
local text = ARGV[2]

local key = root .. ':' .. name
local kind = type_of(key)
local removed = 0
redis.call('DEL', root .. ':none')
if kind == 'list' then
  removed = redis.call('LREM', key, 0, text)
elseif kind == 'zset' then
  removed = redis.call('ZREM', key, text)
elseif kind == 'hash' then
  removed = redis.call('HDEL', key, text)
elseif kind == 'set' then
  removed = redis.call('SREM', key, text)
end
return { server_now(), removed }
