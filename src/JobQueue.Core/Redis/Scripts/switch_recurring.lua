-- switch_recurring.lua
--
-- Switches a recurring job on or off for a person. The switch outlives new definitions.
-- Safe to repeat: the switch and the next occurrence are set to what they are.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) recurring HASH, recurring:state HASH, recurring:due ZSET, recurring:due:<owner> ZSET
-- ARGV    1  name      string
--         2  sha1      string, of the definition as it was read
--         3  switch    1 = on, 0 = off
--         4  due       next occurrence in ms, '' = none; '=' = as it is
-- RETURNS {status, now_ms}
-- STATUS  0 applied, 8 not found, 9 conflict (the definition has changed: read again)
-- COST    O(log recurring jobs)

--@include shared/clock.lua
--@include shared/recurring.lua
--@include shared/timers.lua

local root = KEYS[1]
local name = ARGV[1]
local sha1 = ARGV[2]
local switch = ARGV[3]
local due = ARGV[4]
local APPLIED, NOT_FOUND, CONFLICT = 0, 8, 9

local now = server_now()
local definition = redis.call('HGET', root .. ':recurring', name)
local state = read_recurring(root, name)
if not definition or not state then
  return { NOT_FOUND, now }
end
if redis.sha1hex(definition) ~= sha1 then
  return { CONFLICT, now }
end

local key = due_key(root, state.owner)
local earliest = earliest_in(key)
redis.call('DEL', root .. ':none')
if due ~= '=' then
  set_due(root, state.owner, name, due)
end
state.switch = switch
write_recurring(root, name, state)
announce_earlier(root, key, earliest)
return { APPLIED, now }
