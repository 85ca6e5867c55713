-- read.lua
--
-- Reads jobs together with where their ids are: that is their state.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) job STRINGs, running HASH, progress HASH, scheduled ZSET, retrying ZSET, dead ZSET
-- ARGV    1… ids       string
-- RETURNS {now_ms, …}, then six a job: record ('' = none, or a key of another type), lease token ('' = not running), due time
--         if scheduled, due time if retrying, time of death, progress if running; '' = not there
-- COST    O(ids log waiting)

--@include shared/clock.lua
--@include shared/line.lua
--@include shared/record.lua
--@include shared/progress.lua

local root = KEYS[1]

local places = { server_now() }
for _, id in ipairs(ARGV) do
  local record = redis.pcall('GET', root .. ':job:' .. id)
  local scheduled, retrying, dead, token
  if type(record) ~= 'string' then
    record = '' -- A key of another type must not hide the jobs beside it.
  else
    local member = line_of_record(root, id) .. '|' .. id
    token = redis.call('HGET', root .. ':running', id)
    scheduled = redis.call('ZSCORE', root .. ':scheduled', member)
    retrying = redis.call('ZSCORE', root .. ':retrying', member)
    dead = redis.call('ZSCORE', root .. ':dead', id)
  end
  places[#places + 1] = to_send(record)
  places[#places + 1] = token or ''
  places[#places + 1] = scheduled or ''
  places[#places + 1] = retrying or ''
  places[#places + 1] = dead or ''
  places[#places + 1] = token and progress_of(root, { id })[1] or ''
end
return places
