-- shared/discard.lua
--
-- Removes what is kept under the names of jobs that are gone for good: records, log lines, results of steps.
-- Most jobs have a record only. `attached` says which have more, so that nobody asks for keys that do not exist: an id enters it
-- before its first line or result is written, and leaves it after they are gone. `read_attached` only reads, so it stands before
-- the first write.

-- Those of at most 500 ids that have a log or results of steps.
local function read_attached(root, ids)
  local index, attached = root .. ':attached', {}
  if redis.call('HLEN', index) > 0 and #ids > 0 then
    local found = redis.call('HMGET', index, unpack(ids))
    for position, id in ipairs(ids) do
      if found[position] then
        attached[#attached + 1] = id
      end
    end
  end
  return attached
end

-- Says how many of at most 500 ids had a record. `records` = their keys, where the caller has them.
local function discard_jobs(root, ids, attached, records)
  if #ids == 0 then
    return 0
  end
  local head = root .. ':job:'
  if not records then
    records = {}
    for position, id in ipairs(ids) do
      records[position] = head .. id
    end
  end
  local gone = redis.call('DEL', unpack(records))
  if #attached > 0 then
    local kept = {}
    for _, id in ipairs(attached) do
      kept[#kept + 1] = head .. id .. ':log'
      kept[#kept + 1] = head .. id .. ':steps'
    end
    redis.call('UNLINK', unpack(kept)) -- Results of steps may be large.
    redis.call('HDEL', root .. ':attached', unpack(attached))
  end
  return gone
end
