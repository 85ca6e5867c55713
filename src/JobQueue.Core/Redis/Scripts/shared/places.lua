-- shared/places.lua
--
-- Where an id stands at one instant, and what its record says of it. For scripts that look at a store that may be damaged. Only reads.
-- A long list is searched at its ends first, where jobs come and go. `budget.elements` counts what was searched beyond them.

local ENDS = 1000

-- How often a text stands in a list: looks no further than `wanted` times.
local function count_in_list(budget, key, text, wanted)
  if wanted == 1 then
    if redis.call('LPOS', key, text, 'MAXLEN', ENDS) or redis.call('LPOS', key, text, 'RANK', -1, 'MAXLEN', ENDS) then
      return 1
    end
    if redis.call('LLEN', key) <= ENDS then
      return 0
    end
  end
  budget.elements = budget.elements + redis.call('LLEN', key)
  return #redis.call('LPOS', key, text, 'COUNT', wanted)
end

local function count_in(root, budget, name, text, wanted)
  local key = root .. ':' .. name
  local kind = type_of(key)
  if text == '' then
    return kind == 'none' and 0 or 1
  elseif kind == 'list' then
    return count_in_list(budget, key, text, wanted)
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
local function read_record(root, id)
  local key = root .. ':job:' .. id
  local kind = type_of(key)
  if kind ~= 'string' then
    return { kind = kind, status = '' }
  end
  local text = redis.call('GET', key)
  local head = string.match(text, '^(.-),"args":') or text
  local queue, priority = string.match(head, '^{"v":%d+,"queue":"([%w._-]+)","priority":"(%l+)"')
  if not queue and string.match(head, '^{"v":%d+,"') then
    queue, priority = 'default', 'normal'
  end
  local finished_at = string.match(head, '"finished_at":(%d+)')
  return {
    kind = kind,
    queue = queue,
    priority = priority,
    status = string.match(head, '"status":"(%l+)"') or (finished_at and 'completed' or ''),
    entry = id .. '|' .. (finished_at or '') .. '|' .. #text,
  }
end

local function places_of(root, budget, id, record, tombstone, seen_in, seen_as, seen_count)
  local places, looked_in = {}, {}
  local function look(name, text, wanted)
    if looked_in[name .. ' ' .. text] then
      return
    end
    looked_in[name .. ' ' .. text] = true
    for _ = 1, count_in(root, budget, name, text, wanted) do
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
