-- shared/line.lua
--
-- A line is `<priority>|<queue>`: the name of one waiting list in `ready`, `scheduled`, `retrying` and `tombstones:count`.

local function is_line(line)
  return string.match(line, '^%l+|.+$') ~= nil
end

local function list_of(root, line)
  local priority, queue = string.match(line, '^(%l+)|(.+)$')
  return root .. ':queue:' .. queue .. ':' .. priority
end

local function queue_of(line)
  return string.match(line, '|(.+)$')
end

-- Read from the fixed head of the record, so that a large record is neither copied nor decoded.
-- A record without them waits in the default line, and so does one that is none of ours, which a worker buries with the reason.
local function line_of_record(root, id)
  local head = redis.pcall('GETRANGE', root .. ':job:' .. id, 0, 255)
  if type(head) == 'string' then
    local queue, priority = string.match(head, '^{"v":%d+,"queue":"([%w._-]+)","priority":"(%l+)"')
    if queue then
      return priority .. '|' .. queue
    end
  end
  return 'normal|default'
end
