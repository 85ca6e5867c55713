-- shared/references.lua
--
-- Which jobs retention must leave alone, however old: somebody waits for their result, a worker holds them, or a queue list
-- still names them. Only reads, so it stands before the first write. At most 500 ids.

local function referenced_ids(root, ids, now)
  local referenced = {}
  if #ids == 0 then
    return referenced
  end
  local deadlines = redis.call('HMGET', root .. ':waiters', unpack(ids))
  local tokens = redis.call('HMGET', root .. ':running', unpack(ids))
  local tombstones = redis.call('HMGET', root .. ':tombstones', unpack(ids))
  for position, id in ipairs(ids) do
    local awaited = (tonumber(deadlines[position] or 0) or 0) > now
    referenced[id] = awaited or tokens[position] or tombstones[position]
  end
  return referenced
end
