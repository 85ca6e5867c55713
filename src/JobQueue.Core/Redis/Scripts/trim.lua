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
local key, stats, sum_field, job_key = root .. ':' .. list, root .. ':stats', list .. '_bytes', root .. ':job:'
local length = redis.call('LLEN', key)
local sum = tonumber(redis.call('HGET', stats, sum_field) or 0) or 0
-- Places are counted, not asked for: what a job costs here is most of what a job costs the server.
local removed, records, count, kept, looked_at, gone, freed = {}, {}, 0, {}, 0, 0, 0

-- A record that should not be larger than this is read to learn its size.
local SMALL = 4096
local VERSION, SEVEN = 13, 55

-- An entry is `<id>|<finished>|<bytes>`. Redis hashes every byte of every text that a script makes, so what is not needed is not cut out, and what
-- is, is cut out by its place: an id has 32 digits, and a time in ms 13 until the year 2286.
local ID_ENDS, FIRST_BAR, TIME_BEGINS, TIME_ENDS, BYTES_BEGIN, BAR = 32, 33, 34, 46, 48, 124
local byte, sub = string.byte, string.sub

local function is_over(entry)
  return length - gone > max_count or sum - freed > max_bytes
    or (tonumber(sub(entry, TIME_BEGINS, TIME_ENDS)) or 0) <= now - max_age_ms
end

local function next_is_over()
  local entry = redis.call('LINDEX', key, -(looked_at + 1))
  return entry and is_over(entry)
end

-- The next entries; no more than there are too many, if there are: each one that is read costs, also when it stays.
local function next_entries()
  local most = limit - looked_at
  if length - gone > max_count then
    most = math.min(most, length - gone - max_count)
  end
  return redis.call('LRANGE', key, -(looked_at + most), -(looked_at + 1))
end

-- The sizes of some records, by their keys and the sizes they should have; asked for in one call where none should be large, for a call each costs more
-- than the bytes.
local function sizes_of(names, expected)
  local found, small, keys = {}, {}, {}
  for at, name in ipairs(names) do
    if expected[at] <= SMALL then
      small[#small + 1] = at
      keys[#keys + 1] = name
    else
      local size = redis.pcall('STRLEN', name)
      found[at] = type(size) == 'number' and size or 0
    end
  end
  local stored = #keys > 0 and redis.call('MGET', unpack(keys)) or {}
  for position, at in ipairs(small) do
    found[at] = stored[position] and #stored[position] or 0
  end
  return found
end

-- An entry is built from the record it stands for: one of another size belongs to a job that has been enqueued anew under the id.
local function remove_if_same(ids, names, sizes)
  local found = sizes_of(names, sizes)
  for at, id in ipairs(ids) do
    if found[at] == 0 or found[at] == sizes[at] then
      count = count + 1
      removed[count], records[count] = id, names[at]
    end
  end
end

-- Unsure is what may have been enqueued anew, and run, under its id after somebody else has deleted the record of the job that the entry stands for. An
-- id that is made for one job (its version is 7) could only be the same job once more, which has completed.
local function look_at(entries)
  local ids, is_unsure, may_run, any_may_be_anew = {}, {}, {}, list ~= 'completed'
  for at, entry in ipairs(entries) do
    local id = byte(entry, FIRST_BAR) == BAR and sub(entry, 1, ID_ENDS) or ''
    ids[at] = id
    if any_may_be_anew or byte(id, VERSION) ~= SEVEN then
      is_unsure[at] = true
      may_run[#may_run + 1] = id
    end
  end
  local referenced = referenced_ids(root, ids, may_run, now)
  local unsure, names, sizes = {}, {}, {}
  for at = #entries, 1, -1 do
    local entry, id = entries[at], ids[at]
    if not is_over(entry) then
      break
    end
    looked_at = looked_at + 1
    if referenced[id] then
      kept[#kept + 1] = entry
    elseif id == '' then
      gone = gone + 1 -- Only the entry goes.
    else
      local size = tonumber(sub(entry, BYTES_BEGIN)) or 0
      gone, freed = gone + 1, freed + size
      if is_unsure[at] then
        unsure[#unsure + 1], names[#names + 1], sizes[#sizes + 1] = id, job_key .. id, size
      else
        count = count + 1
        removed[count], records[count] = id, job_key .. id
      end
    end
  end
  remove_if_same(unsure, names, sizes)
end

while looked_at < limit and next_is_over() do
  look_at(next_entries())
end
if looked_at == 0 then
  return { now, 0, 0 }
end
local attached = read_attached(root, removed)
local marks = read_marks(root)

redis.call('DEL', root .. ':none')
discard_jobs(root, removed, attached, records)
if count > 0 then
  clear_marks(root, marks, removed)
  redis.call('HINCRBY', stats, 'expired', count)
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
return { now, count, gone > 0 and looked_at >= limit and length > gone and 1 or 0 }
