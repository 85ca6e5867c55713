-- remove_recurring.lua
--
-- Removes recurring jobs, if they are as they were read. The jobs that they have enqueued stay.
-- Safe to repeat: what was removed is not found.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) recurring HASH, recurring:state HASH, recurring:due ZSET, recurring:due:<owner> ZSET
-- ARGV    1… jobs      three a recurring job: name; sha1 of its definition; its state, '' = whatever it is
-- RETURNS {now_ms, statuses[]}
-- STATUS  0 applied, 8 not found, 9 conflict (it has changed: read again)
-- COST    O(jobs log recurring jobs)

--@include shared/clock.lua
--@include shared/recurring.lua

local root = KEYS[1]
local WIDTH = 3
local APPLIED, NOT_FOUND, CONFLICT = 0, 8, 9

local now = server_now()
local definitions, states = root .. ':recurring', root .. ':recurring:state'

local statuses, removals = {}, {}
for at = 1, #ARGV, WIDTH do
  local name, sha1, expected = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local definition = redis.call('HGET', definitions, name)
  local state = redis.call('HGET', states, name) or ''
  local status = APPLIED
  if not definition then
    status = NOT_FOUND
  elseif redis.sha1hex(definition) ~= sha1 or (expected ~= '' and expected ~= state) then
    status = CONFLICT
  end
  statuses[#statuses + 1] = status
  if status == APPLIED then
    local parsed = read_recurring(root, name)
    local owner = parsed and parsed.owner or ''
    redis.call('ZCARD', due_key(root, owner))
    removals[#removals + 1] = { name = name, owner = owner }
  end
end

-- The definition last: while it is there, the job can be found and removed again.
redis.call('DEL', root .. ':none')
for _, removal in ipairs(removals) do
  set_due(root, removal.owner, removal.name, '')
  redis.call('HDEL', states, removal.name)
  redis.call('HDEL', definitions, removal.name)
end
return { now, statuses }
