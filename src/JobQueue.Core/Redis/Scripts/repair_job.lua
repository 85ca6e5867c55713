-- repair_job.lua
--
-- Puts one id right that a walk found wrong, as far as that can be done without losing a job: one that lives and stands nowhere
-- waits again, one that stands in two places keeps the one from which it runs, one that is finished stands in its list and
-- nowhere else, and what is left of one without a record is removed. What is wrong is looked at again first, at this instant.
-- Safe to repeat: the second call finds nothing wrong.
--
-- TRANSITION  none
-- KEYS    1  root     P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta     HASH  P:meta, always exists
-- DERIVED (same slot) job STRING, running HASH, scheduled ZSET, retrying ZSET, dead ZSET, dead:<fingerprint> ZSET, queue LISTs, ready SET, queues SET,
--                     completed LIST, cancelled LIST, tombstones HASH, tombstones:count HASH, cancelling SET, crashes HASH, progress HASH, attached HASH,
--                     job log LIST, job steps HASH, stats HASH, idle ZSETs
-- ARGV    1  id       string
--         2  seen_in  string, name of the key that it was seen in, or ''
--         3  seen_as  string, the text by which it stands there; '' = the key is the id's own
--         4  wanted   integer, 2 = it was seen in two places, else 1
-- RETURNS {now_ms, done[]}; done = 'added <key>' and 'removed <key>', in this order
-- COST    O(log waiting), and of an id that stands in no place O(length of its list)

--@include shared/clock.lua
--@include shared/groups.lua
--@include shared/line.lua
--@include shared/try.lua
--@include shared/places.lua
--@include shared/wake.lua

local root = KEYS[1]
local id = ARGV[1]
local seen_in = ARGV[2]
local seen_as = ARGV[3]
local wanted = tonumber(ARGV[4])
-- Where a job is kept that stands in several places: it runs there already, or soonest.
local ORDER = { 'running', 'queue', 'scheduled', 'retrying', 'dead' }
local MARKS = { cancelling = 'SREM', crashes = 'HDEL', progress = 'HDEL', attached = 'HDEL' }

local now = server_now()
local done = {}
local record = read_record(root, id)
if record.kind ~= 'string' and record.kind ~= 'none' then
  return { now, done } -- A worker that takes it buries it.
end

local tombstone = try('HGET', root .. ':tombstones', id)
local line = line_of_record(root, id)
local places = places_of(root, { elements = 0 }, id, record, tombstone, seen_in, seen_as, wanted)

-- Without a line of its own an id may wait in any list.
if record.kind == 'string' and not record.queue and #places == 0 then
  for _, ready in ipairs(redis.call('SMEMBERS', root .. ':ready')) do
    local name = string.sub(list_of(root, ready), #root + 2)
    if count_in(root, { elements = 0 }, name, id, 1) > 0 then
      places[#places + 1] = name
    end
  end
end

-- Every structural key is read before the first write: a key of the wrong type stops the script here.
redis.call('HLEN', root .. ':running')
redis.call('ZCARD', root .. ':scheduled')
redis.call('ZCARD', root .. ':retrying')
redis.call('ZCARD', root .. ':dead')
redis.call('LLEN', root .. ':completed')
redis.call('LLEN', root .. ':cancelled')
redis.call('HLEN', root .. ':tombstones')
redis.call('HLEN', root .. ':tombstones:count')
redis.call('SCARD', root .. ':ready')
redis.call('SCARD', root .. ':queues')
redis.call('HLEN', root .. ':stats')
redis.call('LLEN', list_of(root, line))
local fingerprint = record.status == 'failed' and fingerprint_of(root, id)
if fingerprint then
  redis.call('ZCARD', root .. ':dead:' .. fingerprint)
end

redis.call('DEL', root .. ':none')
local picked = {}

local function class_of(name)
  return string.match(name, '^queue:') and 'queue' or name
end

local function note(what, name)
  done[#done + 1] = what .. ' ' .. name
end

local function forget_tombstone()
  redis.call('HDEL', root .. ':tombstones', id)
  if string.match(tombstone, '^%l+|.') and redis.call('HINCRBY', root .. ':tombstones:count', tombstone, -1) <= 0 then
    redis.call('HDEL', root .. ':tombstones:count', tombstone)
  end
  note('removed', 'tombstones')
end

local function text_in(name)
  if name == seen_in then
    return seen_as
  elseif name == 'scheduled' or name == 'retrying' then
    return line .. '|' .. id
  elseif name == 'completed' or name == 'cancelled' then
    return record.entry
  end
  return id
end

local function remove_from(name)
  local key, text, class = root .. ':' .. name, text_in(name), class_of(name)
  if class == 'queue' then
    redis.call('LREM', key, 0, id)
  elseif name == 'completed' or name == 'cancelled' then
    local bytes = tonumber(string.match(text, '|(%d+)$')) or 0
    if redis.call('LREM', key, 1, text) == 1 and bytes > 0 then
      redis.call('HINCRBY', root .. ':stats', name .. '_bytes', integer(-bytes))
    end
  elseif name == 'running' then
    redis.call('HDEL', key, id)
  elseif name == 'scheduled' or name == 'retrying' or name == 'dead' then
    redis.call('ZREM', key, text)
  elseif MARKS[name] then
    redis.call(MARKS[name], key, id)
  else
    redis.call('DEL', key) -- Log lines and results of steps have keys of their own.
  end
  note('removed', name)
end

local function wait_in_line()
  picked = pick_idle(root, { [queue_of(line)] = true }, now)
  redis.call('LPUSH', list_of(root, line), id)
  redis.call('SADD', root .. ':ready', line)
  redis.call('SADD', root .. ':queues', queue_of(line))
  note('added', string.sub(list_of(root, line), #root + 2))
end

local function line_of_place(name)
  local queue, priority = string.match(name, '^queue:(.+):(%l+)$')
  if queue then
    return priority .. '|' .. queue
  elseif name == 'scheduled' or name == 'retrying' then
    return string.match(text_in(name), '^(.*)|')
  end
  return line
end

-- Stands in the line of another than its record says: it can't be cancelled there.
local function move_to_own_line(name)
  local key = root .. ':' .. name
  if class_of(name) == 'queue' then
    wait_in_line()
  else
    redis.call('ZADD', key, redis.call('ZSCORE', key, seen_as), line .. '|' .. id)
    note('added', name)
  end
  remove_from(name)
end

local function mend_living()
  local homes = {}
  for _, name in ipairs(places) do
    local class = class_of(name)
    if class == 'completed' or class == 'cancelled' then
      remove_from(name)
    elseif not MARKS[name] and not homes[class] then
      homes[class] = name
    elseif not MARKS[name] and homes[class] ~= name then
      remove_from(name) -- Another list; twice in one list is harmless.
    end
  end
  local kept
  for _, class in ipairs(ORDER) do
    if homes[class] and not kept then
      kept = homes[class]
    elseif homes[class] then
      remove_from(homes[class])
    end
  end
  if tombstone and not (kept and class_of(kept) ~= 'queue') then
    forget_tombstone() -- Its record says that it lives, so it was not removed.
    kept = kept or count_in(root, { elements = 0 }, string.sub(list_of(root, line), #root + 2), id, 1) > 0 and seen_in
  end
  if not kept then
    wait_in_line()
  elseif kept == seen_in and record.queue and line_of_place(kept) ~= line and line_of_place(kept) ~= 'suspect|' .. record.queue then
    move_to_own_line(kept)
  end
end

local function mend_finished()
  local list = record.status == 'failed' and 'dead' or record.status
  local is_listed = false
  for _, name in ipairs(places) do
    is_listed = is_listed or name == list
  end
  if not is_listed then
    if list == 'dead' then
      if fingerprint then
        redis.call('ZADD', root .. ':dead:' .. fingerprint, integer(now), id)
      end
      redis.call('ZADD', root .. ':dead', integer(now), id)
    else
      redis.call('LPUSH', root .. ':' .. list, record.entry)
      redis.call('HINCRBY', root .. ':stats', list .. '_bytes', tonumber(string.match(record.entry, '|(%d+)$')))
    end
    note('added', list)
  end
  for _, name in ipairs(places) do
    if name ~= list and name ~= 'tombstones' and not MARKS[name] and not (tombstone and class_of(name) == 'queue') then
      remove_from(name)
    end
  end
end

if seen_in == 'tombstones' then
  local list = tombstone and string.match(tombstone, '^%l+|.') and list_of(root, tombstone)
  if tombstone and not (list and count_in(root, { elements = 0 }, string.sub(list, #root + 2), id, 1) > 0) then
    forget_tombstone()
  end
elseif record.kind == 'none' then
  for _, name in ipairs(places) do
    if not (tombstone and class_of(name) == 'queue') then
      remove_from(name)
    end
  end
elseif record.status == '' then
  mend_living()
else
  mend_finished()
end
wake(root, picked)
return { now, done }
