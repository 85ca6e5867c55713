-- beat.lua
--
-- Extends a live worker's lease, publishes its snapshot, and tells which of its jobs were asked to stop. It can't bring a
-- worker back that was declared lost.
-- Safe to repeat: the deadline is set from the server's clock.
--
-- TRANSITION  none
-- KEYS    1  root       P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta       HASH  P:meta, always exists
-- DERIVED (same slot) workers ZSET, worker:<id> STRING, cancelling SET, running HASH
-- ARGV    1  worker_id  string
--         2  lease_ms   integer
--         3  keep_ms    integer, how long the snapshot is kept after the last beat
--         4  snapshot   string, JSON for people to read
-- RETURNS {status, now_ms, cancelling_ids[]}; at most 500 of the 2000 requests that one beat looks at, the others with a later beat
-- STATUS  0 applied, 5 lost (the worker is not live any more)
-- COST    O(log workers + jobs asked to stop)

--@include shared/clock.lua

local root = KEYS[1]
local worker = ARGV[1]
local lease_ms = tonumber(ARGV[2])
local keep_ms = ARGV[3]
local snapshot = ARGV[4]
local APPLIED, LOST = 0, 5
local MOST_ASKED, MOST_READ, PART = 500, 2000, 500

local now = server_now()
if not redis.call('ZSCORE', root .. ':workers', worker) then
  return { LOST, now, {} }
end

-- A key of another type under these names costs the requests to stop, never the lease. Which part is looked at first changes
-- with the clock: Garnet answers the same members each time, where Redis answers any.
local asked = {}
local cancelling = redis.pcall('SRANDMEMBER', root .. ':cancelling', MOST_READ)
local parts = cancelling.err and 0 or math.ceil(#cancelling / PART)
for step = 0, parts - 1 do
  local before = (now + step) % parts * PART
  local tokens = redis.pcall('HMGET', root .. ':running', unpack(cancelling, before + 1, math.min(before + PART, #cancelling)))
  for position = 1, tokens.err and 0 or #tokens do
    local token = tokens[position]
    if #asked < MOST_ASKED and token and string.sub(token, 1, #worker + 1) == worker .. '|' then
      asked[#asked + 1] = cancelling[before + position]
    end
  end
end

redis.call('DEL', root .. ':none')
redis.call('ZADD', root .. ':workers', 'XX', integer(now + lease_ms), worker)
redis.call('SET', root .. ':worker:' .. worker, snapshot, 'PX', keep_ms)
return { APPLIED, now, asked }
