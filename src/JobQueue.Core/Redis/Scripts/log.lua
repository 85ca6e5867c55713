-- log.lua
--
-- Appends lines to the log of a running job, of which the newest are kept. A full server refuses it: it is for people.
-- Safe to repeat: the first element says which call of which attempt wrote last, and a call at or below that number adds nothing.
--
-- TRANSITION  none
-- KEYS    1  root    P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta    HASH  P:meta, always exists
-- DERIVED (same slot) running HASH, job log LIST, attached HASH
-- ARGV    1  id      string
--         2  token   string, the lease
--         3  number  integer, of this call among those of the attempt, rising
--         4  keep    integer, how many lines are kept
--         5… lines   string, <ms>|<text>, oldest first, at most `keep`
-- RETURNS {status}
-- STATUS  0 applied, 1 already applied, 2 refused (the lease is another's)
-- COST    O(lines)

local root = KEYS[1]
local id = ARGV[1]
local token = ARGV[2]
local number = tonumber(ARGV[3])
local keep = tonumber(ARGV[4])
local FIRST_LINE = 5
local APPLIED, ALREADY_APPLIED, REFUSED = 0, 1, 2

local log = root .. ':job:' .. id .. ':log'
if redis.call('HGET', root .. ':running', id) ~= token then
  return { REFUSED }
end
local head = redis.call('LINDEX', log, 0)
local holder, last = string.match(head or '', '^(.+)|(%d+)$')
if holder == token and tonumber(last) >= number then
  return { ALREADY_APPLIED }
end

local mark = token .. '|' .. ARGV[3]
if not head then
  redis.call('HSET', root .. ':attached', id, '1')
  redis.call('RPUSH', log, mark)
end
redis.call('RPUSH', log, unpack(ARGV, FIRST_LINE))
-- Where there are too many, the oldest but one of those that stay gives its place to the mark.
redis.call('LTRIM', log, -(keep + 1), -1)
redis.call('LSET', log, 0, mark)
return { APPLIED }
