-- read_recurring.lua
--
-- Reads recurring jobs: those that are named, or a page of all.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) recurring HASH, recurring:state HASH, recurring:due ZSET, recurring:due:<owner> ZSET
-- ARGV    1  cursor    string, where the walk over all goes on; '0' begins it, '' = those that are named
--         2… names     string
-- RETURNS {now_ms, cursor, …}, then four a job: name; definition, '' = there is none; state or ''; next occurrence in ms or ''. A cursor of '0'
--         ends the walk; a job may be answered twice in one
-- COST    O(jobs log recurring jobs)

--@include shared/clock.lua
--@include shared/recurring.lua

local root = KEYS[1]
local cursor = ARGV[1]
local PAGE = 100

local names = {}
if cursor == '' then
  for at = 2, #ARGV do
    names[#names + 1] = ARGV[at]
  end
else
  local scan = redis.call('HSCAN', root .. ':recurring', cursor, 'COUNT', PAGE)
  cursor = scan[1]
  for at = 1, #scan[2], 2 do
    names[#names + 1] = scan[2][at]
  end
end

local rows = { server_now(), cursor }
for _, name in ipairs(names) do
  local state = read_recurring(root, name)
  rows[#rows + 1] = name
  rows[#rows + 1] = redis.call('HGET', root .. ':recurring', name) or ''
  rows[#rows + 1] = redis.call('HGET', root .. ':recurring:state', name) or ''
  rows[#rows + 1] = redis.call('ZSCORE', due_key(root, state and state.owner or ''), name) or ''
end
return rows
