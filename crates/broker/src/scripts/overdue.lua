-- Finds open searches whose deadline has passed.
-- KEYS: open searches
-- ARGV: ms after the deadline at which a search is overdue, the longest time from submission to deadline in ms, how
--       many to find, the prefix of the records' keys
-- Returns their ids, the longest overdue first.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A deadline is too far in the future if the clock has stepped back since it was set, or if the gateway that set it
-- allows longer searches. The record shows which: reduce the deadline accordingly. These records' keys can't be passed
-- in KEYS, because only this script knows them.
local furthest = string.format('%.0f', now + ARGV[2])
for _, id in ipairs(redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. furthest, 'LIMIT', 0, ARGV[3])) do
  local times = redis.pcall('HMGET', ARGV[4] .. id, 'created_ms', 'deadline_ms')
  local span = (tonumber(times[2] or '') or 0) - (tonumber(times[1] or '') or 0)
  if span > tonumber(ARGV[2]) then
    local latest = string.format('%.0f', now + span)
    redis.call('ZADD', KEYS[1], 'LT', latest, id)
  else
    redis.call('ZADD', KEYS[1], furthest, id)
  end
end
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[1]), 'LIMIT', 0, ARGV[3])
