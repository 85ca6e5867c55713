-- shared/holder.lua
--
-- Whether a settling worker still holds a job. `running` names the token of the one worker that does.
-- A call that is sent twice must not look like a lost lease: a record that is byte-equal to the one sent,
-- or gone (finished and trimmed since), says that the first call was carried out. A key of another type is neither; Garnet
-- answers nothing for it where Redis answers an error.

local APPLIED, ALREADY_APPLIED, REFUSED = 0, 1, 2

local function holder_status(root, id, stored_token, token, record)
  if stored_token == token then
    return APPLIED
  end
  local key = root .. ':job:' .. id
  local stored = redis.pcall('GET', key)
  if stored == record or (not stored and redis.call('EXISTS', key) == 0) then
    return ALREADY_APPLIED
  end
  return REFUSED
end
