-- verify.lua
--
-- Says of ids, each at one instant, where they stand and what their records say of them. A walk over a store that is in use
-- sees a job twice, or nowhere, because it moved meanwhile; what it suspects is looked at here.
-- A long list is searched at its ends first, where jobs come and go. Stops past 1,000,000 list elements: fewer ids are answered.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) job STRINGs, running HASH, scheduled ZSET, retrying ZSET, dead ZSET, queue LISTs, completed LIST, cancelled LIST, tombstones HASH,
--                     cancelling SET, crashes HASH, progress HASH, attached HASH, job log LIST, job steps HASH
-- ARGV    1… ids       four an id: id; name of the key that it was seen in, or ''; the text by which it stands there,
--                      '' = the key is the id's own; 2 = find out whether it stands in two places, else 1
-- RETURNS five an id: type of the record ('none' = there is none); its line or ''; its status or ''; the line of its tombstone or '';
--         names of the keys that hold it, joined by spaces, that of a list twice when it stands there twice
-- COST    O(ids log waiting), and of an id that stands in no place O(length of its list)

--@include shared/try.lua
--@include shared/places.lua

local root = KEYS[1]
local WIDTH = 4
local MAX_ELEMENTS = 1000000

local budget = { elements = 0 }
local answers = {}
for at = 1, #ARGV, WIDTH do
  local id = ARGV[at]
  local record = read_record(root, id)
  local tombstone = try('HGET', root .. ':tombstones', id)
  local places = places_of(root, budget, id, record, tombstone, ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]))
  answers[#answers + 1] = record.kind
  answers[#answers + 1] = record.queue and record.priority .. '|' .. record.queue or ''
  answers[#answers + 1] = record.status
  answers[#answers + 1] = tombstone or ''
  answers[#answers + 1] = table.concat(places, ' ')
  if budget.elements > MAX_ELEMENTS then
    break
  end
end
return answers
