-- settle.lua
--
-- Stores the outcome of a batch of attempts that did not succeed: another try later, or the dead letters.
-- Safe to repeat: a job whose token is no longer held answers `already applied` when its record is the one sent, or gone.
--
-- TRANSITION  Running -> Retrying, Running -> Dead
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, job STRINGs, retrying ZSET, dead ZSET, stats HASH, cancelling SET, crashes HASH, progress HASH, waiters HASH
-- ARGV    1… jobs      six a job: id; lease token; outcome (1 retrying, 2 dead); delay in ms; line; record
-- RETURNS {now_ms, statuses[]}
-- STATUS  0 applied, 1 already applied, 2 refused (the lease is another's), 4 cancelled (asked to stop: settle it as that)
-- COST    O(jobs log retrying)

--@include shared/clock.lua
--@include shared/holder.lua
--@include shared/marks.lua
--@include shared/timers.lua
--@include shared/waiters.lua

local root = KEYS[1]
local WIDTH = 6
local CANCELLED = 4
local RETRYING = '1'

local now = server_now()
local running = root .. ':running'

local ids = {}
for at = 1, #ARGV, WIDTH do
  ids[#ids + 1] = ARGV[at]
end
local tokens = redis.call('HMGET', running, unpack(ids))
local marks = read_marks(root)

local statuses, applied, records, retrying, retried, dead, dead_ids = {}, {}, {}, {}, 0, {}, {}
for position, id in ipairs(ids) do
  local at = 1 + (position - 1) * WIDTH
  local outcome, record = ARGV[at + 2], ARGV[at + 5]
  local status = holder_status(root, id, tokens[position], ARGV[at + 1], record)
  -- A job that was asked to stop must not wait for another try.
  if status == APPLIED and outcome == RETRYING and marks.cancelling and redis.call('SISMEMBER', root .. ':cancelling', id) == 1 then
    status = CANCELLED
  end
  statuses[position] = status
  if status == APPLIED then
    applied[#applied + 1] = id
    records[#records + 1] = root .. ':job:' .. id
    records[#records + 1] = record
    if outcome == RETRYING then
      retrying[#retrying + 1] = integer(now + tonumber(ARGV[at + 3]))
      retrying[#retrying + 1] = ARGV[at + 4] .. '|' .. id
      retried = retried + 1
    else
      dead[#dead + 1] = integer(now)
      dead[#dead + 1] = id
      dead_ids[#dead_ids + 1] = id
    end
  end
end
if #applied == 0 then
  return { now, statuses }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local earliest = earliest_in(root .. ':retrying')
redis.call('ZCARD', root .. ':dead')
redis.call('HLEN', root .. ':stats')
redis.call('HLEN', root .. ':waiters')

redis.call('DEL', root .. ':none')
for at = 1, #retrying, 500 do
  redis.call('ZADD', root .. ':retrying', unpack(retrying, at, math.min(at + 499, #retrying)))
end
for at = 1, #dead, 500 do
  redis.call('ZADD', root .. ':dead', unpack(dead, at, math.min(at + 499, #dead)))
end
for at = 1, #records, 500 do
  redis.call('MSET', unpack(records, at, math.min(at + 499, #records)))
end
redis.call('HDEL', running, unpack(applied))
clear_marks(root, marks, applied)
redis.call('HINCRBY', root .. ':stats', 'failed', #applied)
if retried > 0 then
  redis.call('HINCRBY', root .. ':stats', 'retried', retried)
  announce_earlier(root, root .. ':retrying', earliest)
end
if #dead_ids > 0 then
  redis.call('HINCRBY', root .. ':stats', 'dead', #dead_ids)
end
tell_waiters(root, dead_ids)
return { now, statuses }
