-- inspect.lua
--
-- Answers the types of keys, and of those that are records their bytes. Stops past 4 MiB: fewer are answered than were asked.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) job STRINGs
-- ARGV    1… names     string, of keys, without the root
-- RETURNS two a key: type ('none' = there is no such key); bytes of a record, else ''
-- COST    O(names)

--@include shared/try.lua
--@include shared/record.lua

local root = KEYS[1]
local MAX_BYTES = 4 * 1024 * 1024

local answers, bytes = {}, 0
for _, name in ipairs(ARGV) do
  local key = root .. ':' .. name
  local kind = type_of(key)
  local record = ''
  if kind == 'string' and string.match(name, '^job:%x+$') then
    record = to_send(redis.call('GET', key) or '')
  end
  answers[#answers + 1] = kind
  answers[#answers + 1] = record
  bytes = bytes + #record
  if bytes > MAX_BYTES then
    break
  end
end
return answers
