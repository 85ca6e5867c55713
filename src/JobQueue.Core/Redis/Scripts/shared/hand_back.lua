-- shared/hand_back.lua
--
-- Moves leased jobs to the front of their lists. `plan_hand_back` only reads, so it stands before the first write.
-- A job that was asked to stop must not wait again: it stays in `running` and is answered.

local function plan_hand_back(root, ids, fresh)
  local moves = { count = 0, lines = {}, lists = {}, queues = {}, ids = {} }
  local cancelled = {}
  local any_cancelling = redis.call('SCARD', root .. ':cancelling') > 0
  local crashed = any_crashes(root)
  redis.call('SCARD', root .. ':ready')
  for _, id in ipairs(ids) do
    if any_cancelling and redis.call('SISMEMBER', root .. ':cancelling', id) == 1 then
      cancelled[#cancelled + 1] = id
    else
      local line = line_to_wait_in(root, id, line_of_record(root, id), crashed, fresh)
      local list = moves.lists[line]
      if not list then
        redis.call('LLEN', list_of(root, line))
        list = {}
        moves.lists[line] = list
        moves.lines[#moves.lines + 1] = line
        moves.queues[queue_of(line)] = true
      end
      list[#list + 1] = id
      moves.ids[#moves.ids + 1] = id
      moves.count = moves.count + 1
    end
  end
  -- Ids begin with their time: sorted from the newest, the oldest ends at the right, where fetch takes.
  for _, list in pairs(moves.lists) do
    table.sort(list, function(a, b) return a > b end)
  end
  return moves, cancelled
end

local function hand_back(root, moves)
  if moves.count == 0 then
    return
  end
  for _, line in ipairs(moves.lines) do
    local list = moves.lists[line]
    for at = 1, #list, 500 do
      redis.call('RPUSH', list_of(root, line), unpack(list, at, math.min(at + 499, #list)))
    end
    redis.call('SADD', root .. ':ready', line)
  end
  for at = 1, #moves.ids, 500 do
    redis.call('HDEL', root .. ':running', unpack(moves.ids, at, math.min(at + 499, #moves.ids)))
  end
end

-- A scan of `running` whose steps may remove what they find. Garnet's cursors count entries, so that removing some moves
-- the rest below the cursor: a step that handed jobs back is done again from where it began.

local AGAIN = 'again'

local function scan_running(root, cursor, count)
  return redis.call('HSCAN', root .. ':running', cursor == AGAIN and '0' or cursor, 'COUNT', count)
end

local function next_cursor(cursor, following, moves)
  if moves.count == 0 or following == '0' then
    return following
  end
  return cursor == '0' and AGAIN or cursor
end
