-- register_handlers.lua
--
-- Notes the handlers that a process can run, with the time.
-- Safe to repeat: the time is set anew.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) handlers HASH
-- ARGV    1… handlers  two a handler: name; JSON of its defaults, for people
-- RETURNS {now_ms}
-- COST    O(handlers)

--@include shared/clock.lua

local root = KEYS[1]
local WIDTH = 2

local now = server_now()
local fields = {}
for at = 1, #ARGV, WIDTH do
  fields[#fields + 1] = ARGV[at]
  fields[#fields + 1] = integer(now) .. '|' .. ARGV[at + 1]
end
redis.call('DEL', root .. ':none')
for at = 1, #fields, 500 do
  redis.call('HSET', root .. ':handlers', unpack(fields, at, math.min(at + 499, #fields)))
end
return { now }
