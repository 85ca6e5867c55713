-- set_aside.lua
--
-- Takes a key out of the way that has another type than its name says, so that scripts that need the name go on. Nothing is
-- deleted: it is kept as `damaged:<key>:<ms>`, outside the store and in its slot.
-- Safe to repeat: a key of the right type, or none, is left as it is.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- ARGV    1  name      string, of the key
--         2  expected  string, the type that it must have; '' = there must be no such key
-- RETURNS {now_ms, new name}; '' = nothing was in the way
-- COST    O(1)

--@include shared/clock.lua
--@include shared/try.lua

local root = KEYS[1]
local name = ARGV[1]
local expected = ARGV[2]

local now = server_now()
local key = root .. ':' .. name
local kind = type_of(key)
if kind == 'none' or kind == expected then
  return { now, '' }
end
local aside = 'damaged:' .. key .. ':' .. integer(now)
redis.call('DEL', root .. ':none')
redis.call('RENAME', key, aside)
return { now, aside }
