-- shared/wake.lua
--
-- Chooses at most one idle worker a queue, one that serves that queue alone before one that serves all.
-- `pick_idle` only reads, so it may stand before the first write; `wake` comes last: a server may forbid publishing.
-- A wake-up saves a poll interval at most, so a key of another type under an idle name costs that and no more: fetch.lua
-- knows only after it has leased whom it could wake, and an error there would lose its answer, every time.

local function first_idle(idle, now)
  return redis.pcall('ZRANGEBYSCORE', idle, now, '+inf', 'LIMIT', 0, 1)[1]
end

local function pick_idle(root, queues, now)
  local picked = {}
  for queue in pairs(queues) do
    local idle = root .. ':idle:' .. queue
    local worker = first_idle(idle, now)
    if not worker then
      idle = root .. ':idle'
      worker = first_idle(idle, now)
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
