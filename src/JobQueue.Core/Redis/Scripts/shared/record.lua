-- shared/record.lua
--
-- A record on its way to a client. One that is larger than any of ours can be is not sent: it would take longer than a call may, and
-- the call would be repeated for ever. In its place go a byte that begins no JSON, its size, its SHA-1, by which it can be replaced or
-- deleted, and its first 64 KiB, which is what a dead letter keeps. A stored text that begins with that byte is sent so too: nobody can make one up.
-- Jobs/RecordStandIn.cs reads it.

local MAX_RECORD, HEAD, MARK = 8 * 1024 * 1024, 64 * 1024, 1

local function to_send(record)
  if #record <= MAX_RECORD and string.byte(record) ~= MARK then
    return record
  end
  return string.char(MARK) .. #record .. '|' .. redis.sha1hex(record) .. '|' .. string.sub(record, 1, HEAD)
end
