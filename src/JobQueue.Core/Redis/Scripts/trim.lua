-- trim.lua
--
-- Removes the oldest finished jobs of a list that are beyond its retention: too many, too old, or too large together.
-- A referenced job stays: its entry goes to the new end of the list, so that it does not hold up those behind it. A call looks at
-- `limit` entries and says that more is to do only when it removed some, so that a list of referenced jobs keeps nobody busy.
-- Safe to repeat: what is removed is not found again.
--
-- TRANSITION  Completed -> (gone), Cancelled -> (gone)
-- KEYS    1  root        P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta        HASH  P:meta, always exists
-- DERIVED (same slot) completed LIST, cancelled LIST, job STRINGs, job log LISTs, job steps HASH, attached HASH, waiters HASH, running HASH, tombstones HASH,
--                     cancelling SET, crashes HASH, progress HASH, stats HASH
-- ARGV    1  list        string, `completed` or `cancelled`
--         2  max_count   integer
--         3  max_age_ms  integer
--         4  max_bytes   integer
--         5  limit       integer, 1..500
-- RETURNS {now_ms, removed, more}; more = 1 when the next call will find something to remove
-- COST    O(limit)

--@include shared/clock.lua
--@include shared/marks.lua
--@include shared/references.lua
--@include shared/discard.lua

local root = KEYS[1]
local list = ARGV[1]
local max_count = tonumber(ARGV[2])
local max_age_ms = tonumber(ARGV[3])
local max_bytes = tonumber(ARGV[4])
local limit = tonumber(ARGV[5])

local now = server_now()
local key, stats, sum_field = root .. ':' .. list, root .. ':stats', list .. '_bytes'
local length = redis.call('LLEN', key)
local sum = tonumber(redis.call('HGET', stats, sum_field) or 0) or 0
local freed, gone = 0, 0

-- A record that should not be larger than this is read to learn its size.
local SMALL = 4096

local function parse(entry)
  local id, finished, bytes = string.match(entry, '^(%x+)|(%d+)|(%d+)$')
  return id, tonumber(finished or 0), tonumber(bytes or 0)
end

local function is_over(finished)
  return length - gone > max_count or finished <= now - max_age_ms or sum - freed > max_bytes
end

local function oldest_is_over()
  local entry = redis.call('LINDEX', key, -1)
  if not entry then
    return false
  end
  local _, finished = parse(entry)
  return is_over(finished)
end

if not oldest_is_over() then
  return { now, 0, 0 }
end

local entries, ids, times, sizes = redis.call('LRANGE', key, -limit, -1), {}, {}, {}
for at, entry in ipairs(entries) do
  ids[at], times[at], sizes[at] = parse(entry)
  ids[at] = ids[at] or ''
end
local referenced = referenced_ids(root, ids, now)

-- The sizes of some records; asked for in one call where none should be large, for a call each costs more than the bytes.
local function sizes_of(few)
  local found, small, keys = {}, {}, {}
  for _, at in ipairs(few) do
    local name = root .. ':job:' .. ids[at]
    if sizes[at] <= SMALL then
      small[#small + 1] = at
      keys[#keys + 1] = name
    else
      local size = redis.pcall('STRLEN', name)
      found[at] = type(size) == 'number' and size or 0
    end
  end
  local records = #keys > 0 and redis.call('MGET', unpack(keys)) or {}
  for position, at in ipairs(small) do
    found[at] = records[position] and #records[position] or 0
  end
  return found
end

local over, kept, looked_at = {}, {}, 0
for at = #entries, 1, -1 do
  if not is_over(times[at]) then
    break
  end
  looked_at = looked_at + 1
  if referenced[ids[at]] then
    kept[#kept + 1] = entries[at]
  else
    gone, freed = gone + 1, freed + sizes[at]
    if ids[at] ~= '' then
      over[#over + 1] = at
    end
  end
end
-- An entry is built from the record it stands for: one of another size belongs to a job that has been enqueued anew under the id.
local removed, found = {}, sizes_of(over)
for _, at in ipairs(over) do
  if found[at] == 0 or found[at] == sizes[at] then
    removed[#removed + 1] = ids[at]
  end
end
local attached = read_attached(root, removed)
local marks = read_marks(root)

redis.call('DEL', root .. ':none')
discard_jobs(root, removed, attached)
if #removed > 0 then
  clear_marks(root, marks, removed)
  redis.call('HINCRBY', stats, 'expired', #removed)
end
if #kept > 0 then
  redis.call('LPUSH', key, unpack(kept))
end
redis.call('LTRIM', key, 0, -(looked_at + 1))
-- An empty list has no bytes: whatever went wrong with the sum ends here.
freed = gone == length and sum or freed
if freed ~= 0 then
  redis.call('HINCRBY', stats, sum_field, integer(-freed))
end
return { now, #removed, gone > 0 and looked_at == #entries and length > gone and 1 or 0 }
