-- shared/waiters.lua
--
-- Tells processes that wait for a result that these jobs are finished: one message a batch, ids joined by commas.

local function tell_waiters(root, ids)
  if #ids == 0 or redis.call('HLEN', root .. ':waiters') == 0 then
    return
  end
  local awaited = {}
  local deadlines = redis.call('HMGET', root .. ':waiters', unpack(ids))
  for position, deadline in ipairs(deadlines) do
    if deadline then
      awaited[#awaited + 1] = ids[position]
    end
  end
  if #awaited > 0 then
    redis.pcall('PUBLISH', root .. ':finished', table.concat(awaited, ','))
  end
end
