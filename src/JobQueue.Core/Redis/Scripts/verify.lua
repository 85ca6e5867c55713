-- verify.lua
--
-- Says of ids, each at one instant, where they stand and what their records say of them. A walk over a store that is in use
-- sees a job twice, or nowhere, because it moved meanwhile; what it suspects is looked at here.
-- A long list is searched at its ends first, where jobs come and go. Stops past 1,000,000 list elements: fewer ids are answered.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) job STRINGs, running HASH, scheduled ZSET, retrying ZSET, dead ZSET, queue LISTs, completed LIST, cancelled LIST, tombstones HASH,
--                     cancelling SET, crashes HASH, progress HASH, job log LIST, job steps HASH
-- ARGV    1… ids       four an id: id; name of the key that it was seen in, or ''; the text by which it stands there,
--                      '' = the key is the id's own; 2 = find out whether it stands in two places, else 1
-- RETURNS five an id: type of the record ('none' = there is none); its line or ''; its status or ''; the line of its tombstone or '';
--         names of the keys that hold it, joined by spaces, that of a list twice when it stands there twice
-- COST    O(ids log waiting), and of an id that stands in no place O(length of its list)

--@include shared/try.lua

local root = KEYS[1]
local WIDTH = 4
local ENDS, MAX_ELEMENTS = 1000, 1000000

local elements = 0

-- How often a text stands in a list: looks no further than `wanted` times.
local function count_in_list(key, text, wanted)
  if wanted == 1 then
    if redis.call('LPOS', key, text, 'MAXLEN', ENDS) or redis.call('LPOS', key, text, 'RANK', -1, 'MAXLEN', ENDS) then
      return 1
    end
    if redis.call('LLEN', key) <= ENDS then
      return 0
    end
  end
  elements = elements + redis.call('LLEN', key)
  return #redis.call('LPOS', key, text, 'COUNT', wanted)
end

local function count_in(name, text, wanted)
  local key = root .. ':' .. name
  local kind = type_of(key)
  if text == '' then
    return kind == 'none' and 0 or 1
  elseif kind == 'list' then
    return count_in_list(key, text, wanted)
  elseif kind == 'zset' then
    return redis.call('ZSCORE', key, text) and 1 or 0
  elseif kind == 'hash' then
    return redis.call('HEXISTS', key, text)
  elseif kind == 'set' then
    return redis.call('SISMEMBER', key, text)
  end
  return 0
end

-- What stands before the arguments: a user's own members can't be mistaken for it.
local function read_record(id)
  local key = root .. ':job:' .. id
  local kind = type_of(key)
  if kind ~= 'string' then
    return { kind = kind, status = '' }
  end
  local text = redis.call('GET', key)
  local head = string.match(text, '^(.-),"args":') or text
  local queue, priority = string.match(head, '^{"v":%d+,"queue":"([%w._-]+)","priority":"(%l+)"')
  return {
    kind = kind,
    queue = queue,
    priority = priority,
    status = string.match(head, '"status":"(%l+)"') or '',
    entry = id .. '|' .. (string.match(head, '"finished_at":(%d+)') or '') .. '|' .. #text,
  }
end

local function places_of(id, record, tombstone, seen_in, seen_as, seen_count)
  local places, looked_in = {}, {}
  local function look(name, text, wanted)
    if looked_in[name .. ' ' .. text] then
      return
    end
    looked_in[name .. ' ' .. text] = true
    for _ = 1, count_in(name, text, wanted) do
      places[#places + 1] = name
    end
  end

  if seen_in ~= '' then
    look(seen_in, seen_as, seen_count)
  end
  look('running', id, 1)
  look('dead', id, 1)
  if record.queue then
    local member = record.priority .. '|' .. record.queue .. '|' .. id
    look('scheduled', member, 1)
    look('retrying', member, 1)
  end
  if record.status == 'completed' or record.status == 'cancelled' then
    look(record.status, record.entry, 1)
  end
  if tombstone then
    -- The entry that fetch is to drop. It is no home.
    local priority, queue = string.match(tombstone, '^(%l+)|(.+)$')
    if seen_in == 'tombstones' and queue then
      look('queue:' .. queue .. ':' .. priority, id, 1)
    end
  elseif record.queue and (record.status == '' and #places == 0 or seen_count > 1) then
    look('queue:' .. record.queue .. ':' .. record.priority, id, seen_count)
    look('queue:' .. record.queue .. ':suspect', id, 1)
  end
  return places
end

local answers = {}
for at = 1, #ARGV, WIDTH do
  local id = ARGV[at]
  local record = read_record(id)
  local tombstone = try('HGET', root .. ':tombstones', id)
  local places = places_of(id, record, tombstone, ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]))
  answers[#answers + 1] = record.kind
  answers[#answers + 1] = record.queue and record.priority .. '|' .. record.queue or ''
  answers[#answers + 1] = record.status
  answers[#answers + 1] = tombstone or ''
  answers[#answers + 1] = table.concat(places, ' ')
  if elements > MAX_ELEMENTS then
    break
  end
end
return answers
