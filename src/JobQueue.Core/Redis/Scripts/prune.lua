-- prune.lua
--
-- Removes a step of the entries whose time is over from one of the indexes that nothing else empties. No job is in any of them.
-- Safe to repeat: what is removed is not found again.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) waiters HASH, producers HASH, handlers HASH, floors HASH, lost ZSET, listeners ZSET, workers ZSET
-- ARGV    1  index     string, the key without the root
--         2  cursor    string, where the scan goes on; '0' begins it
--         3  count     integer, how many entries to look at, about; 1..500
-- RETURNS {now_ms, cursor, removed}; a cursor of '0' ends the scan
-- COST    O(count)

--@include shared/clock.lua

local root = KEYS[1]
local index = ARGV[1]
local cursor = ARGV[2]
local count = ARGV[3]
local AGAIN = 'again'
local HOUR_MS = 3600000
local WEEK_MS = 7 * 24 * HOUR_MS

local now = server_now()
local key = root .. ':' .. index

-- How long after its score a member is kept.
local KEPT_MS = { lost = HOUR_MS, listeners = 0 }

-- Whether the time of a hash's entry is over. A value of an unknown form has no time and stays, save that of a waiter, who
-- could not wait again over it.
local is_over = {
  waiters = function(_, value)
    return (tonumber(value) or 0) <= now
  end,
  producers = function(_, value)
    return tonumber(string.match(value, '^%d+|(%d+)|') or now) <= now - HOUR_MS
  end,
  handlers = function(_, value)
    return tonumber(string.match(value, '^(%d+)|') or now) <= now - WEEK_MS
  end,
  floors = function(worker)
    return not redis.call('ZSCORE', root .. ':workers', worker) and not redis.call('ZSCORE', root .. ':lost', worker)
  end,
}

if KEPT_MS[index] then
  local members = redis.call('ZRANGEBYSCORE', key, '-inf', integer(now - KEPT_MS[index]), 'LIMIT', 0, count)
  if #members > 0 then
    redis.call('DEL', root .. ':none')
    redis.call('ZREM', key, unpack(members))
  end
  return { now, #members < tonumber(count) and '0' or AGAIN, #members }
end

local scan = redis.call('HSCAN', key, cursor == AGAIN and '0' or cursor, 'COUNT', count)
local over = {}
for at = 1, #scan[2], 2 do
  if is_over[index](scan[2][at], scan[2][at + 1]) then
    over[#over + 1] = scan[2][at]
  end
end
if #over == 0 then
  return { now, scan[1], 0 }
end
redis.call('DEL', root .. ':none')
for at = 1, #over, 500 do
  redis.call('HDEL', key, unpack(over, at, math.min(at + 499, #over)))
end
-- Garnet's cursors count entries, so that removing some moves the rest below the cursor: the step is done again from where it began.
local following = scan[1]
if following ~= '0' then
  following = cursor == '0' and AGAIN or cursor
end
return { now, following, #over }
