-- requeue.lua
--
-- Puts a dead job back into its waiting list with the record the client made for its new round.
-- Stored by compare-and-set on the previous bytes and on the place the id was read in.
-- Safe to repeat: the second call finds the job no longer dead, and its record is the one sent.
--
-- TRANSITION  Dead -> Pending
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) dead ZSET, job STRING, crashes HASH, cancelling SET, progress HASH, queue LIST, ready SET, queues SET, idle ZSETs, stats HASH
-- ARGV    1  id        string
--         2  sha1      string, of the record's bytes as they were read
--         3  line      string
--         4  record    string
-- RETURNS {status, now_ms}
-- STATUS  0 applied, 1 already applied, 8 not dead (or unknown), 9 conflict (the record has changed: read again)
-- COST    O(log dead)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/marks.lua
--@include shared/wake.lua

local root = KEYS[1]
local id = ARGV[1]
local sha1 = ARGV[2]
local line = ARGV[3]
local record = ARGV[4]
local APPLIED, ALREADY_APPLIED, NOT_FOUND, CONFLICT = 0, 1, 8, 9

local now = server_now()
local key, dead = root .. ':job:' .. id, root .. ':dead'

local stored = redis.call('GET', key)
if not redis.call('ZSCORE', dead, id) then
  return { stored == record and ALREADY_APPLIED or NOT_FOUND, now }
end
if not stored or redis.sha1hex(stored) ~= sha1 then
  return { CONFLICT, now }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local queue = queue_of(line)
redis.call('LLEN', list_of(root, line))
redis.call('SCARD', root .. ':ready')
redis.call('SCARD', root .. ':queues')
local marks = read_marks(root)
redis.call('HLEN', root .. ':stats')
local picked = pick_idle(root, { [queue] = true }, now)

redis.call('LPUSH', list_of(root, line), id)
redis.call('SADD', root .. ':ready', line)
redis.call('SADD', root .. ':queues', queue)
redis.call('SET', key, record)
redis.call('ZREM', dead, id)
clear_marks(root, marks, { id })
redis.call('HINCRBY', root .. ':stats', 'requeued', 1)
wake(root, picked)
return { APPLIED, now }
