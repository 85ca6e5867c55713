-- known_handlers.lua
--
-- Answers the handlers that processes have registered.
-- Safe to repeat: reads only.
--
-- TRANSITION  none
-- KEYS    1  root      P, never exists; declared so that the server serialises the scripts of a shard
--         2  meta      HASH  P:meta, always exists
-- DERIVED (same slot) handlers HASH
-- ARGV    none
-- RETURNS {now_ms, handlers[]}; handlers = name, `<last seen ms>|<JSON>`, ...
-- COST    O(handlers)

--@include shared/clock.lua

local root = KEYS[1]

return { server_now(), redis.call('HGETALL', root .. ':handlers') }
