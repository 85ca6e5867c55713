-- shared/discard.lua
--
-- Removes what is kept under the names of jobs that are gone for good: records, log lines, results of steps.

local function discard_jobs(root, ids)
  local keys = {}
  for _, id in ipairs(ids) do
    local key = root .. ':job:' .. id
    keys[#keys + 1] = key
    keys[#keys + 1] = key .. ':log'
    keys[#keys + 1] = key .. ':steps'
  end
  for at = 1, #keys, 500 do
    redis.call('DEL', unpack(keys, at, math.min(at + 499, #keys)))
  end
end
