-- shared/events.lua
--
-- Tells processes that watch the store which jobs have changed their state: one message a batch, and only while somebody
-- listens. Who listens is a matter of display, so a key of another type under that name costs the events and no more.

local function is_watched(root, now)
  local live = redis.pcall('ZCOUNT', root .. ':listeners', integer(now), '+inf')
  return type(live) == 'number' and live > 0
end

-- `changes` = a state's word, then the ids that are in it now, and so on.
local function tell_listeners(root, now, changes)
  if not is_watched(root, now) then
    return
  end
  local parts = { integer(now) }
  for at = 1, #changes, 2 do
    if #changes[at + 1] > 0 then
      parts[#parts + 1] = changes[at] .. ':' .. table.concat(changes[at + 1], ',')
    end
  end
  if #parts > 1 then
    redis.pcall('PUBLISH', root .. ':events', table.concat(parts, ';'))
  end
end
