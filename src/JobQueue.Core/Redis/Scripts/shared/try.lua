-- shared/try.lua
--
-- For scripts that look at a store that may be damaged: a key of another type answers as if it did not exist.

local function try(...)
  local answer = redis.pcall(...)
  if type(answer) == 'table' and answer.err then
    return false
  end
  return answer
end

local function type_of(key)
  local kind = redis.call('TYPE', key)
  return type(kind) == 'table' and kind.ok or kind
end
