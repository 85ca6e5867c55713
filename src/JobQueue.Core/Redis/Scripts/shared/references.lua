-- shared/references.lua
--
-- Which jobs retention must leave alone, however old: somebody waits for their result, a worker holds them, or a queue list
-- still names them. Only reads, so it stands before the first write. At most 500 ids.

local function values_of(key, ids)
  return redis.call('HLEN', key) > 0 and redis.call('HMGET', key, unpack(ids)) or {}
end

-- `may_run` = those of the ids that a worker may hold.
local function referenced_ids(root, ids, may_run, now)
  local referenced = {}
  if #ids == 0 then
    return referenced
  end
  local deadlines = values_of(root .. ':waiters', ids)
  local tombstones = values_of(root .. ':tombstones', ids)
  local tokens = #may_run > 0 and values_of(root .. ':running', may_run) or {}
  if #deadlines > 0 or #tombstones > 0 then
    for position, id in ipairs(ids) do
      local deadline = deadlines[position]
      if tombstones[position] or (deadline and (tonumber(deadline) or 0) > now) then
        referenced[id] = true
      end
    end
  end
  for position, token in ipairs(tokens) do
    if token then
      referenced[may_run[position]] = true
    end
  end
  return referenced
end
