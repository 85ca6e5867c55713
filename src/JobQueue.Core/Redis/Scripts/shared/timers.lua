-- shared/timers.lua
--
-- Tells the sleeping loops when a sorted set of due times has a new earliest member.

local function earliest_in(key)
  return redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
end

-- `members` = score, member, ...
local function add_timed(key, members)
  for at = 1, #members, 500 do
    redis.call('ZADD', key, unpack(members, at, math.min(at + 499, #members)))
  end
end

local function announce_earlier(root, key, before)
  local first = earliest_in(key)
  if first ~= before then
    redis.pcall('PUBLISH', root .. ':timers', first)
  end
end
