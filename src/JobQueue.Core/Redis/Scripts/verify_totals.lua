-- verify_totals.lua
--
-- Answers what is kept as a number and the same counted, at one instant: tombstones a line, bytes of the lists of finished jobs.
-- And which of the leases given are held by workers that are not live, with the time of the last recovery.
-- What is longer than 10,000 entries is not counted.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) tombstones HASH, tombstones:count HASH, completed LIST, cancelled LIST, stats HASH, running HASH, workers ZSET
-- ARGV    1… leases    three a lease: id; token; worker
-- RETURNS {now_ms, last_recovery, tombstones[], bytes[], orphans[]}; tombstones = line, number kept, number counted, ...;
--         bytes = list, sum kept, sum counted, ...; orphans = ids whose leases are held by no live worker; last_recovery '' = never
-- COST    O(tombstones + finished jobs + leases), at most 30,000 entries

--@include shared/clock.lua
--@include shared/try.lua

local root, meta = KEYS[1], KEYS[2]
local WIDTH = 3
local MAX_COUNTED = 10000

local function count_tombstones()
  local size = try('HLEN', root .. ':tombstones')
  if not size or size > MAX_COUNTED then
    return {}
  end
  local counted, kept = {}, {}
  for _, line in ipairs(redis.call('HVALS', root .. ':tombstones')) do
    counted[line] = (counted[line] or 0) + 1
  end
  local counts = try('HGETALL', root .. ':tombstones:count') or {}
  for at = 1, #counts, 2 do
    kept[counts[at]] = counts[at + 1]
    counted[counts[at]] = counted[counts[at]] or 0
  end
  local answer = {}
  for line, number in pairs(counted) do
    answer[#answer + 1] = line
    answer[#answer + 1] = kept[line] or '0'
    answer[#answer + 1] = integer(number)
  end
  return answer
end

local function sum_bytes(answer, list)
  local length = try('LLEN', root .. ':' .. list)
  if not length or length > MAX_COUNTED then
    return
  end
  local sum = 0
  for _, entry in ipairs(redis.call('LRANGE', root .. ':' .. list, 0, -1)) do
    sum = sum + (tonumber(string.match(entry, '|(%d+)$')) or 0)
  end
  answer[#answer + 1] = list
  answer[#answer + 1] = try('HGET', root .. ':stats', list .. '_bytes') or '0'
  answer[#answer + 1] = integer(sum)
end

local now = server_now()
local orphans = {}
for at = 1, #ARGV, WIDTH do
  local deadline = tonumber(try('ZSCORE', root .. ':workers', ARGV[at + 2]) or 0)
  if deadline < now and try('HGET', root .. ':running', ARGV[at]) == ARGV[at + 1] then
    orphans[#orphans + 1] = ARGV[at]
  end
end
local bytes = {}
sum_bytes(bytes, 'completed')
sum_bytes(bytes, 'cancelled')
return { now, try('HGET', meta, 'last_recovery') or '', count_tombstones(), bytes, orphans }
