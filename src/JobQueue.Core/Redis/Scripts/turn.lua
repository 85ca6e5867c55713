-- turn.lua
--
-- Takes or keeps a process's turns at maintenance loops, so that one process of a fleet does the work of each. Says with each when the
-- earliest of the loop's timers is due, so that it does not have to look for itself.
-- Losing a turn early is harmless: every loop's own script is safe to run twice.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) turn:<loop> STRINGs, scheduled ZSET, retrying ZSET, recurring:due ZSET, recurring:due:<owner> ZSET
-- ARGV    1  owner     string
--         2  hold_ms   integer, how long a turn lasts unless it is kept again
--         3… loops     string and string: the loop, and the names of its ZSETs without the root, each with a line feed after it
-- RETURNS {now_ms, …}, then two a loop: 1 if the owner has the turn, else 0; the earliest time in its ZSETs in ms, or -1
-- COST    O(loops)

--@include shared/clock.lua

local root = KEYS[1]
local owner = ARGV[1]
local hold_ms = ARGV[2]
local FIRST_LOOP = 3

-- What can't be read, because it is of another type, counts as due: the loop's own script says what is wrong, and the other loops go on.
local function earliest(timers)
  local first = -1
  for name in string.gmatch(timers, '([^\n]+)\n') do
    local found = redis.pcall('ZRANGE', root .. ':' .. name, 0, 0, 'WITHSCORES')
    local due = found.err and 0 or tonumber(found[2] or -1)
    if due >= 0 and (first < 0 or due < first) then
      first = due
    end
  end
  return integer(first)
end

local answers, mine = { server_now() }, {}
for at = FIRST_LOOP, #ARGV, 2 do
  local turn = root .. ':turn:' .. ARGV[at]
  local holder = redis.pcall('GET', turn)
  local is_free = not holder or holder == owner or type(holder) == 'table' -- SET puts right what is of another type.
  if is_free then
    mine[#mine + 1] = turn
  end
  answers[#answers + 1] = is_free and 1 or 0
  answers[#answers + 1] = earliest(ARGV[at + 1])
end

redis.call('DEL', root .. ':none')
for _, turn in ipairs(mine) do
  redis.call('SET', turn, owner, 'PX', hold_ms)
end
return answers
