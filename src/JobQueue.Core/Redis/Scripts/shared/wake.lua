-- shared/wake.lua
--
-- Chooses at most one idle worker a queue, one that serves that queue alone before one that serves all.
-- `pick_idle` only reads, so it stands before the first write; `wake` comes last: a server may forbid publishing.

local function pick_idle(root, queues, now)
  local picked = {}
  for queue in pairs(queues) do
    local idle = root .. ':idle:' .. queue
    local worker = redis.call('ZRANGEBYSCORE', idle, now, '+inf', 'LIMIT', 0, 1)[1]
    if not worker then
      idle = root .. ':idle'
      worker = redis.call('ZRANGEBYSCORE', idle, now, '+inf', 'LIMIT', 0, 1)[1]
    end
    if worker then
      picked[worker] = idle
    end
  end
  return picked
end

local function wake(root, picked)
  for worker, idle in pairs(picked) do
    redis.call('ZREM', idle, worker)
    redis.pcall('PUBLISH', root .. ':wake:' .. worker, '1')
  end
end
