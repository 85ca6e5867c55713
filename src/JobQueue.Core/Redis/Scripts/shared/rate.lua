-- shared/rate.lua
--
-- How fast the queues are worked off: what workers take of each is counted by minute, a command a list and not a job, and kept for three
-- minutes. Nothing hangs on these numbers: a key of another type under this name stops nobody.

local RATE_MS, RATE_KEPT_S = 60000, 180

local function rate_key(root, minute)
  return root .. ':taken:' .. integer(minute)
end

-- `taken` = line, number of jobs, ...
local function count_taken(root, now, taken)
  local key = rate_key(root, math.floor(now / RATE_MS))
  local is_new = false
  for at = 1, #taken, 2 do
    local count = taken[at + 1]
    is_new = redis.pcall('HINCRBY', key, string.match(taken[at], '|(.+)$'), count) == count or is_new
  end
  if is_new then
    redis.pcall('EXPIRE', key, RATE_KEPT_S)
  end
end

-- Jobs taken of a queue in the last 60 seconds: this minute's, and of the minute before the share that is not over yet.
local function taken_in_a_minute(root, now, queue)
  local minute = math.floor(now / RATE_MS)
  local this = redis.pcall('HGET', rate_key(root, minute), queue)
  local before = redis.pcall('HGET', rate_key(root, minute - 1), queue)
  this = type(this) == 'string' and tonumber(this) or 0
  before = type(before) == 'string' and tonumber(before) or 0
  return math.floor(this + before * (1 - (now % RATE_MS) / RATE_MS) + 0.5)
end
