-- shared/groups.lua
--
-- Dead letters of one error form a group: `dead:<fingerprint>` holds their ids by time of death, `dead:groups` what people
-- call it. The groups are an index: an id enters its group before `dead`, its home, and leaves it afterwards.
-- `check_groups` only reads, so it stands before the first write.

-- Read from the fixed head of a dead record, so that a large record is neither copied nor decoded.
local function fingerprint_in(head)
  return string.match(head, '^{"v":%d+,"queue":"[%w._-]+","priority":"%l+","fingerprint":"(%x+)"')
    or string.match(head, '^{"v":%d+,"fingerprint":"(%x+)"')
end

local function fingerprint_of(root, id)
  local head = redis.pcall('GETRANGE', root .. ':job:' .. id, 0, 511)
  return type(head) == 'string' and fingerprint_in(head) or nil
end

-- A job that was put back, and whose entry among the dead letters an interrupted call has left, is none: its record does not say
-- that it failed. One that can't be read is one. Only the record of a job that died without a group is read whole.
local function is_dead_letter(root, id)
  if fingerprint_of(root, id) then
    return true
  end
  local text = redis.pcall('GET', root .. ':job:' .. id)
  if type(text) ~= 'string' or not string.match(text, '^{"v":%d+,"') then
    return true
  end
  return string.find(string.match(text, '^(.-),"args":') or text, '"status":"failed"', 1, true) ~= nil
end

local function dead_letters_of(root, ids)
  local letters = {}
  for _, id in ipairs(ids) do
    if is_dead_letter(root, id) then
      letters[#letters + 1] = id
    end
  end
  return letters
end

-- The ids of a batch by their group; those in none are left out.
local function group_ids(root, ids)
  local groups = {}
  for _, id in ipairs(ids) do
    local fingerprint = fingerprint_of(root, id)
    if fingerprint then
      groups[fingerprint] = groups[fingerprint] or {}
      table.insert(groups[fingerprint], id)
    end
  end
  return groups
end

local function check_groups(root, groups)
  redis.call('HLEN', root .. ':dead:groups')
  for fingerprint in pairs(groups) do
    redis.call('ZCARD', root .. ':dead:' .. fingerprint)
  end
end

local function leave_groups(root, groups)
  for fingerprint, ids in pairs(groups) do
    local group = root .. ':dead:' .. fingerprint
    redis.call('ZREM', group, unpack(ids))
    if redis.call('ZCARD', group) == 0 then
      redis.call('HDEL', root .. ':dead:groups', fingerprint)
    end
  end
end
