-- shared/suspects.lua
--
-- A job whose process has died under it once less than is allowed is a suspect: it waits in a line of its own, from which
-- a worker takes one at a time. `crashes` says which jobs are. `line_to_wait_in` only reads.

local function any_crashes(root)
  return redis.call('HLEN', root .. ':crashes') > 0
end

-- `fresh` holds what the caller is about to write into `crashes`.
local function line_to_wait_in(root, id, line, crashed, fresh)
  local crash = fresh and fresh[id] or crashed and redis.call('HGET', root .. ':crashes', id)
  if crash and string.match(crash, '|suspect$') then
    return 'suspect|' .. queue_of(line)
  end
  return line
end
