-- shared/discard.lua
--
-- Removes what is kept under the names of jobs that are gone for good: records, log lines, results of steps.

local function discard_jobs(root, ids)
  local keys, count, head = {}, 0, root .. ':job:'
  for _, id in ipairs(ids) do
    local key = head .. id
    keys[count + 1] = key
    keys[count + 2] = key .. ':log'
    keys[count + 3] = key .. ':steps'
    count = count + 3
  end
  for at = 1, count, 500 do
    redis.call('DEL', unpack(keys, at, math.min(at + 499, count)))
  end
end
