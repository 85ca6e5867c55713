-- run_now.lua
--
-- Moves a job that waits for its time to its waiting list. The record is not written.
-- Safe to repeat: what was moved no longer waits for its time.
--
-- TRANSITION  Scheduled -> Pending, Retrying -> Pending
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) job STRING, scheduled ZSET, retrying ZSET, dead ZSET, crashes HASH, queue LIST, ready SET, idle ZSETs, listeners ZSET
-- ARGV    1  id        string
-- RETURNS {status, now_ms}
-- STATUS  0 applied, 9 conflict (it does not wait for its time, or not any more: read again)
-- COST    O(log waiting)

--@include shared/clock.lua
--@include shared/events.lua
--@include shared/line.lua
--@include shared/place.lua
--@include shared/suspects.lua
--@include shared/wake.lua

local root = KEYS[1]
local id = ARGV[1]
local APPLIED, CONFLICT = 0, 9

local now = server_now()
local line = line_of_record(root, id)
local place = place_of(root, id, line)
if place ~= 'scheduled' and place ~= 'retrying' then
  return { CONFLICT, now }
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
local waiting_line = line_to_wait_in(root, id, line, any_crashes(root))
local list = list_of(root, waiting_line)
redis.call('LLEN', list)
redis.call('SCARD', root .. ':ready')
local picked = pick_idle(root, { [queue_of(line)] = true }, now)

redis.call('LPUSH', list, id)
redis.call('SADD', root .. ':ready', waiting_line)
leave_place(root, id, line, place)
wake(root, picked)
tell_listeners(root, now, { 'pending', { id } })
return { APPLIED, now }
