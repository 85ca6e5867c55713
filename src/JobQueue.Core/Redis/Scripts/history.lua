-- history.lua
--
-- Reads what was counted in each of so many minutes, oldest first.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) stats:<minute> HASH
-- ARGV    1  minutes   integer, 1..120
--         2  last      string, the last minute of the page; '' = the current one
-- RETURNS {now_ms, first minute, counts[]}; counts = field, value, ... of each minute, empty when nothing was counted
-- COST    O(minutes)

--@include shared/clock.lua

local root = KEYS[1]
local minutes = tonumber(ARGV[1])
local last = ARGV[2]
local MINUTE_MS = 60000

local now = server_now()
local to = last == '' and math.floor(now / MINUTE_MS) or tonumber(last)
local counts = {}
for minute = to - minutes + 1, to do
  local fields = redis.pcall('HGETALL', root .. ':stats:' .. integer(minute))
  counts[#counts + 1] = fields.err and {} or fields
end
return { now, to - minutes + 1, counts }
