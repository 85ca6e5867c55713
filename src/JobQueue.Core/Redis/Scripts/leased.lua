-- leased.lua
--
-- Which jobs stand leased under a worker's name, so that it can compare them with what it holds.
-- Safe to repeat: only reads.
--
-- TRANSITION  none
-- KEYS    1  root       P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta       HASH  P:meta, always exists
-- DERIVED (same slot) running HASH
-- ARGV    1  worker_id  string
--         2  cursor     string, where the scan of `running` goes on; '0' at first
--         3  count      integer, how many entries to scan, about
-- RETURNS {cursor, leases[]}; a cursor of '0' ends the scan; leases = id, token, ...
-- COST    O(count)

local root = KEYS[1]
local worker = ARGV[1]
local cursor = ARGV[2]
local count = ARGV[3]

local scan = redis.call('HSCAN', root .. ':running', cursor, 'COUNT', count)
local leases = {}
for at = 1, #scan[2], 2 do
  if string.match(scan[2][at + 1], '^(.+)|%d+|%d+$') == worker then
    leases[#leases + 1] = scan[2][at]
    leases[#leases + 1] = scan[2][at + 1]
  end
end
return { scan[1], leases }
