-- shared/recurring.lua
--
-- What has become of a recurring job, apart from its definition, which only people and code change:
-- `<switch>|<occurrence>|<run>|<job>|<runs>|<declared>|<created>|<owner>`. `switch` is 1 or 0 when a person has switched it; `occurrence`
-- is the last one that fired or was left out; `run`, `job` and `runs` are of the jobs it enqueued; the owner is the application whose
-- code declares it, or empty, and stands last because it may hold anything. Times are ms.

local function due_key(root, owner)
  return owner == '' and root .. ':recurring:due' or root .. ':recurring:due:' .. owner
end

-- Nothing when there is none, or one that is damaged.
local function read_recurring(root, name)
  local text = redis.call('HGET', root .. ':recurring:state', name)
  local switch, occurrence, run, job, runs, declared, created, owner =
    string.match(text or '', '^([01]?)|(%d*)|(%d*)|(%x*)|(%d+)|(%d*)|(%d+)|(.*)$')
  return switch and {
    switch = switch, occurrence = occurrence, run = run, job = job, runs = runs, declared = declared, created = created, owner = owner,
  }
end

local function write_recurring(root, name, state)
  redis.call('HSET', root .. ':recurring:state', name, table.concat({
    state.switch, state.occurrence, state.run, state.job, state.runs, state.declared, state.created, state.owner,
  }, '|'))
end

-- An empty time: it does not fire.
local function set_due(root, owner, name, due)
  if due == '' then
    redis.call('ZREM', due_key(root, owner), name)
  else
    redis.call('ZADD', due_key(root, owner), due, name)
  end
end
