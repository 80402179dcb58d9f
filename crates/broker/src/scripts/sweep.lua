-- Removes consumers that hold nothing and have not been heard of for long: their processes died.
-- KEYS: requested stream
-- ARGV: consumer group, idle time in ms from which on a consumer counts as dead, consumer that asks
-- Returns the names of those removed.

-- Before Redis 7.2 a read that waits in vain is no sign of life. One of the consumer's own pending entries is, also
-- if it brings nothing, as here, behind any id.
local behind_all = '18446744073709551615-18446744073709551614'
redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[3], 'COUNT', 1, 'STREAMS', KEYS[1], behind_all)

local removed = {}
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for at = 1, #info, 2 do consumer[info[at]] = info[at + 1] end
  if consumer.pending == 0 and consumer.idle > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
    removed[#removed + 1] = consumer.name
  end
end
return removed
