-- due_recurring.lua
--
-- Reads the recurring jobs of an owner whose next occurrence has come, the longest due first, and says when the next one comes.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) recurring HASH, recurring:state HASH, recurring:due ZSET, recurring:due:<owner> ZSET
-- ARGV    1  owner     string, '' = those of run time
--         2  offset    integer, how many to pass over
--         3  limit     integer, 1..100
-- RETURNS {now_ms, next_due, …}, then four a job: name; definition, '' = there is none; state or ''; its time in ms.
--         next_due = the earliest time that is not answered, in ms, or -1: one that has come too, when it stops past 1 MiB
-- COST    O(limit log recurring jobs)

--@include shared/clock.lua
--@include shared/recurring.lua

local root = KEYS[1]
local owner = ARGV[1]
local offset = ARGV[2]
local limit = ARGV[3]
local MAX_BYTES = 1024 * 1024

local now = server_now()
local key = due_key(root, owner)
local next_due = redis.call('ZRANGEBYSCORE', key, '(' .. integer(now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
local rows, bytes = { now, integer(tonumber(next_due or -1)) }, 0
local due = redis.call('ZRANGEBYSCORE', key, '-inf', integer(now), 'WITHSCORES', 'LIMIT', offset, limit)
for at = 1, #due, 2 do
  if bytes > MAX_BYTES then
    rows[2] = integer(tonumber(due[at + 1])) -- Else whoever asks would sleep, although more is due.
    break
  end
  local definition = redis.call('HGET', root .. ':recurring', due[at]) or ''
  bytes = bytes + #definition
  rows[#rows + 1] = due[at]
  rows[#rows + 1] = definition
  rows[#rows + 1] = redis.call('HGET', root .. ':recurring:state', due[at]) or ''
  rows[#rows + 1] = due[at + 1]
end
return rows
