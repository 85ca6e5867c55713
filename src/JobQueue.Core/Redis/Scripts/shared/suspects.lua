-- shared/suspects.lua
--
-- A job whose process has died under it once less than is allowed is a suspect: it waits in a line of its own, from which
-- a worker takes one at a time. `crashes` says which jobs are. `line_to_wait_in` only reads.

local function any_crashes(root)
  return redis.call('HLEN', root .. ':crashes') > 0
end

local function line_to_wait_in(root, id, line, crashed)
  if crashed and string.match(redis.call('HGET', root .. ':crashes', id) or '', '|suspect$') then
    return 'suspect|' .. queue_of(line)
  end
  return line
end
