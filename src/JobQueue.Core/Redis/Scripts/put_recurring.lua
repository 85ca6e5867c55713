-- put_recurring.lua
--
-- Stores definitions of recurring jobs: new ones, or in place of the ones that were read (compare-and-set on their bytes). What a job
-- has done and whether a person has switched it is kept.
-- Safe to repeat: the definition is written last, so one that is the same already says that all else was written.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) recurring HASH, recurring:state HASH, recurring:due ZSET, recurring:due:<owner> ZSET
-- ARGV    1… jobs      six a job: name; sha1 of the definition as it was read, '' = there was none; definition; owner, '' = registered at
--                      run time; next occurrence in ms, '' = none, '=' = as it is; 1 = it fires unless a person has switched it off
-- RETURNS {now_ms, statuses[]}
-- STATUS  0 applied, 1 already applied (an owner's declaration is noted anew), 9 conflict (the definition has changed: read again)
-- COST    O(jobs log recurring jobs)

--@include shared/clock.lua
--@include shared/recurring.lua
--@include shared/timers.lua

local root = KEYS[1]
local WIDTH = 6
local APPLIED, ALREADY_APPLIED, CONFLICT = 0, 1, 9

local now = server_now()
local definitions = root .. ':recurring'

local statuses, puts, earliest = {}, {}, {}
for at = 1, #ARGV, WIDTH do
  local name, sha1, definition, owner = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local stored = redis.call('HGET', definitions, name)
  local state = read_recurring(root, name)
  local status = CONFLICT
  if stored == definition and state then
    status = ALREADY_APPLIED
  elseif (stored and redis.sha1hex(stored) or '') == sha1 then
    status = APPLIED
  end
  statuses[#statuses + 1] = status
  if status ~= CONFLICT then
    local key = due_key(root, owner)
    earliest[key] = earliest[key] or { earliest_in(key) }
    redis.call('ZCARD', due_key(root, state and state.owner or ''))
    puts[#puts + 1] = { name = name, definition = definition, owner = owner, due = ARGV[at + 4], enabled = ARGV[at + 5], state = state, status = status }
  end
end

for _, put in ipairs(puts) do
  local state = put.state
  if put.status == APPLIED then
    state = state or { switch = '', occurrence = '', run = '', job = '', runs = '0', created = integer(now) }
    if put.state and state.owner ~= put.owner then
      redis.call('ZREM', due_key(root, state.owner), put.name)
    end
    local fires = state.switch == '1' or (state.switch == '' and put.enabled == '1')
    if not fires then
      set_due(root, put.owner, put.name, '')
    elseif put.due ~= '=' then
      set_due(root, put.owner, put.name, put.due)
    end
    state.owner = put.owner
  end
  state.declared = put.owner == '' and '' or integer(now)
  write_recurring(root, put.name, state)
  redis.call('HSET', definitions, put.name, put.definition)
end
for key, before in pairs(earliest) do
  announce_earlier(root, key, before[1])
end
return { now, statuses }
