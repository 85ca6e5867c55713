-- repair_index.lua
--
-- Writes what can be counted anew: the indexes by which lines and queues are found, the numbers of removed jobs, the bytes of finished ones.
-- Safe to repeat: what is right stays as it is.
--
-- TRANSITION  none
-- KEYS    1  root   P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta   HASH  P:meta, always exists
-- DERIVED (same slot) queue LISTs, ready SET, queues SET, tombstones HASH, tombstones:count HASH, completed LIST, cancelled LIST, stats HASH
-- ARGV    1… lines  string, lines that hold jobs and can't be found
-- RETURNS {now_ms, done[]}; done = names of the keys that were written
-- COST    O(lines + tombstones + finished jobs), at most 30,000 entries

--@include shared/clock.lua
--@include shared/line.lua

local root = KEYS[1]
local MAX_COUNTED = 10000

local done = {}
local tombstones, counts = root .. ':tombstones', root .. ':tombstones:count'

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local found = {}
for _, line in ipairs(ARGV) do
  if redis.call('LLEN', list_of(root, line)) > 0 then
    found[#found + 1] = line
  end
end
redis.call('SCARD', root .. ':ready')
redis.call('SCARD', root .. ':queues')
local counted = redis.call('HLEN', tombstones) <= MAX_COUNTED and {}
for _, line in ipairs(counted and redis.call('HVALS', tombstones) or {}) do
  counted[line] = (counted[line] or 0) + 1
end
local kept = redis.call('HGETALL', counts)
redis.call('HLEN', root .. ':stats')
local sums = {}
for _, list in ipairs({ 'completed', 'cancelled' }) do
  if redis.call('LLEN', root .. ':' .. list) <= MAX_COUNTED then
    sums[list] = 0
    for _, entry in ipairs(redis.call('LRANGE', root .. ':' .. list, 0, -1)) do
      sums[list] = sums[list] + (tonumber(string.match(entry, '|(%d+)$')) or 0)
    end
  end
end

redis.call('DEL', root .. ':none')
for _, line in ipairs(found) do
  if redis.call('SADD', root .. ':ready', line) + redis.call('SADD', root .. ':queues', queue_of(line)) > 0 then
    done[#done + 1] = string.sub(list_of(root, line), #root + 2)
  end
end
if counted then
  local is_changed = false
  for at = 1, #kept, 2 do
    local number = counted[kept[at]]
    if not number then
      redis.call('HDEL', counts, kept[at])
      is_changed = true
    elseif tonumber(kept[at + 1]) == number then
      counted[kept[at]] = nil
    end
  end
  for line, number in pairs(counted) do
    redis.call('HSET', counts, line, integer(number))
    is_changed = true
  end
  if is_changed then
    done[#done + 1] = 'tombstones:count'
  end
end
for list, sum in pairs(sums) do
  if tonumber(redis.call('HGET', root .. ':stats', list .. '_bytes') or 0) ~= sum then
    redis.call('HSET', root .. ':stats', list .. '_bytes', integer(sum))
    done[#done + 1] = 'stats'
  end
end
return { server_now(), done }
