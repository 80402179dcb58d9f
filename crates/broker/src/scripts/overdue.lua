-- Finds searches that have not ended although their deadline has passed.
-- KEYS: open searches
-- ARGV: ms behind the deadline from which on a search is overdue, ms from a search's submission to its deadline at most,
--       how many to find at most, what the key of a record starts with
-- Returns their ids, the longest overdue first.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- No deadline is further off than a search may take, unless the clock has stepped back since it was set, or the gateway
-- that set it lets searches take longer. Which of the two, the record knows. Its key can't be told beforehand.
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
