-- verify_lines.lua
--
-- Says of lines how many ids wait there, and whether those who look for work can find them. Each line at one instant.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) queue LISTs, ready SET, queues SET
-- ARGV    1… lines     string
-- RETURNS three a line: length of its list, 1 if the line is in `ready` else 0, 1 if its queue is in `queues` else 0
-- COST    O(lines)

--@include shared/line.lua
--@include shared/try.lua

local root = KEYS[1]

local answers = {}
for _, line in ipairs(ARGV) do
  answers[#answers + 1] = try('LLEN', list_of(root, line)) or 0
  answers[#answers + 1] = try('SISMEMBER', root .. ':ready', line) or 0
  answers[#answers + 1] = try('SISMEMBER', root .. ':queues', queue_of(line)) or 0
end
return answers
