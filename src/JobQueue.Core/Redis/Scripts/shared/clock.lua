-- shared/clock.lua
--
-- The server's time in whole milliseconds, and the text form that scores and fields are written in.
-- A bare Lua number of this size would be written with an exponent.

local function server_now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function integer(number)
  return string.format('%.0f', number)
end
