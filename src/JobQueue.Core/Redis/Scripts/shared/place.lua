-- shared/place.lua
--
-- Where the id of a job is that does not run, and how it leaves that place. `place_of` only reads, so it stands before the first write.
-- A list is not searched: an id that is nowhere else waits in one.

local function place_of(root, id, line)
  local member = line .. '|' .. id
  if redis.call('ZSCORE', root .. ':scheduled', member) then
    return 'scheduled'
  elseif redis.call('ZSCORE', root .. ':retrying', member) then
    return 'retrying'
  elseif redis.call('ZSCORE', root .. ':dead', id) then
    return 'dead'
  end
  return 'pending'
end

-- A waiting id gets a tombstone under the line that it waits in. The count follows only a new one, so that it stays exact.
local function leave_place(root, id, line, place)
  if place == 'pending' then
    if redis.call('HSET', root .. ':tombstones', id, line) == 1 then
      redis.call('HINCRBY', root .. ':tombstones:count', line, 1)
    end
  elseif place == 'scheduled' or place == 'retrying' then
    redis.call('ZREM', root .. ':' .. place, line .. '|' .. id)
  elseif place == 'dead' then
    redis.call('ZREM', root .. ':dead', id)
  end
end
