-- shared/statistics.lua
--
-- Counts what happened in this minute, and in this hour to a handler. A batch is counted in tables first, so that it costs
-- a command a field and not a job. Both kinds of hash end by themselves: the first write of a field begins their time.
-- `check_statistics` only reads, so it stands before the first write.

local MINUTE_MS, HOUR_MS = 60000, 3600000
local MINUTE_KEPT_S, HOUR_KEPT_S = 172860, 176400

local function new_statistics(root, now)
  return { minute = {}, handlers = {}, root = root, hour = integer(math.floor(now / HOUR_MS)), key = root .. ':stats:' .. integer(math.floor(now / MINUTE_MS)) }
end

local function count_minute(statistics, field, by)
  statistics.minute[field] = (statistics.minute[field] or 0) + by
end

local function count_handler(statistics, handler, field, by)
  local fields = statistics.handlers[handler]
  if not fields then
    fields = {}
    statistics.handlers[handler] = fields
  end
  fields[field] = (fields[field] or 0) + (by or 1)
end

local function handler_key(statistics, handler)
  return statistics.root .. ':stats:' .. handler .. ':' .. statistics.hour
end

local function check_statistics(statistics)
  redis.call('HLEN', statistics.root .. ':stats')
  redis.call('HLEN', statistics.key)
  for handler in pairs(statistics.handlers) do
    redis.call('HLEN', handler_key(statistics, handler))
  end
end

local function add_fields(key, fields, kept_s)
  local is_new = false
  for field, by in pairs(fields) do
    is_new = redis.call('HINCRBY', key, field, by) == by or is_new
  end
  if is_new then
    redis.call('EXPIRE', key, kept_s)
  end
end

local function write_statistics(statistics)
  add_fields(statistics.key, statistics.minute, MINUTE_KEPT_S)
  for handler, fields in pairs(statistics.handlers) do
    add_fields(handler_key(statistics, handler), fields, HOUR_KEPT_S)
  end
end
