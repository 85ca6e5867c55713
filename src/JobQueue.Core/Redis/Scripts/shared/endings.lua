-- shared/endings.lua
--
-- Jobs of a batch that end other than by success: as dead letters, with their group, or as cancelled jobs, with the entry that
-- retention goes by. Collected first, checked before the first write, then written together; the records are the caller's.

local function new_endings()
  return { dead = {}, groups = {}, descriptions = {}, cancelled = {}, entries = {}, cancelled_bytes = 0, finished = {} }
end

local function end_dead(endings, id, record, description)
  endings.dead[#endings.dead + 1] = id
  endings.finished[#endings.finished + 1] = id
  local fingerprint = fingerprint_in(string.sub(record, 1, 512))
  if fingerprint then
    endings.groups[fingerprint] = endings.groups[fingerprint] or {}
    table.insert(endings.groups[fingerprint], id)
    endings.descriptions[fingerprint] = description
  end
end

local function end_cancelled(endings, id, record, finished_at)
  endings.cancelled[#endings.cancelled + 1] = id
  endings.finished[#endings.finished + 1] = id
  endings.entries[#endings.entries + 1] = id .. '|' .. finished_at .. '|' .. #record
  endings.cancelled_bytes = endings.cancelled_bytes + #record
end

local function check_endings(root, endings)
  redis.call('ZCARD', root .. ':dead')
  redis.call('LLEN', root .. ':cancelled')
  check_groups(root, endings.groups)
end

local function add_dead(key, ids, now)
  local members = {}
  for _, id in ipairs(ids) do
    members[#members + 1] = integer(now)
    members[#members + 1] = id
  end
  for at = 1, #members, 500 do
    redis.call('ZADD', key, unpack(members, at, math.min(at + 499, #members)))
  end
end

local function write_endings(root, endings, now)
  for fingerprint, ids in pairs(endings.groups) do
    redis.call('HSET', root .. ':dead:groups', fingerprint, endings.descriptions[fingerprint])
    add_dead(root .. ':dead:' .. fingerprint, ids, now)
  end
  add_dead(root .. ':dead', endings.dead, now)
  if #endings.entries > 0 then
    redis.call('LPUSH', root .. ':cancelled', unpack(endings.entries))
  end
end
