-- shared/progress.lua
--
-- What running jobs have said of how far they have come; '' of one that has said nothing. It is for people, so a key of another
-- type under that name hides no job.

local function progress_of(root, ids)
  local found = #ids > 0 and redis.pcall('HMGET', root .. ':progress', unpack(ids)) or {}
  if type(found) ~= 'table' or found.err then
    found = {}
  end
  for at = 1, #ids do
    found[at] = found[at] or ''
  end
  return found
end
