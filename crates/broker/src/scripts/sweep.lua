-- Removes dead consumers: those that hold no jobs and have given no sign of life for long.
-- KEYS: requested stream
-- ARGV: consumer group, idle time in ms after which a consumer is dead, the calling consumer
-- Returns the names of the removed consumers.

-- A sign of life: before Redis 7.2, a read of new entries that returns none does not reset the idle time. A read of
-- the consumer's own pending entries does, even if it returns none, as this one after the highest id.
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
