-- shared/marks.lua
--
-- What is kept of a job's attempts beside its record: that it was asked to stop, its crashes, its progress.
-- `read_marks` only reads, so it stands before the first write.

local function read_marks(root)
  return {
    cancelling = redis.call('SCARD', root .. ':cancelling') > 0,
    crashes = redis.call('HLEN', root .. ':crashes') > 0,
    progress = redis.call('HLEN', root .. ':progress') > 0,
  }
end

local function clear_marks(root, marks, ids)
  if marks.cancelling then
    redis.call('SREM', root .. ':cancelling', unpack(ids))
  end
  if marks.crashes then
    redis.call('HDEL', root .. ':crashes', unpack(ids))
  end
  if marks.progress then
    redis.call('HDEL', root .. ':progress', unpack(ids))
  end
end
