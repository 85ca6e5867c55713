-- handler_statistics.lua
--
-- Reads what was counted of some handlers in each of the last so many hours, the current one included.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) stats:<handler>:<hour> HASH
-- ARGV    1  hours     integer, 1..49
--         2… handlers  string
-- RETURNS {counts[]}; counts = field, value, ... of each hour, oldest first, of each handler in turn
-- COST    O(hours x handlers)

--@include shared/clock.lua

local root = KEYS[1]
local hours = tonumber(ARGV[1])
local FIRST_HANDLER = 2
local HOUR_MS = 3600000

local to = math.floor(server_now() / HOUR_MS)
local counts = {}
for at = FIRST_HANDLER, #ARGV do
  for hour = to - hours + 1, to do
    local fields = redis.pcall('HGETALL', root .. ':stats:' .. ARGV[at] .. ':' .. integer(hour))
    counts[#counts + 1] = fields.err and {} or fields
  end
end
return { counts }
