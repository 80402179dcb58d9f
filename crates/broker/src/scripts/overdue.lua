-- Finds searches that have not ended although their deadline has passed.
-- KEYS: open searches
-- ARGV: ms behind the deadline from which on a search is overdue, ms from a search's submission to its deadline at most,
--       how many to find at most
-- Returns their ids, the longest overdue first.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- No deadline is further off than that, unless the clock has stepped back since it was set.
local furthest = string.format('%.0f', now + ARGV[2])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. furthest, '+inf', 'LIMIT', 0, ARGV[3])) do
  redis.call('ZADD', KEYS[1], furthest, id)
end
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[1]), 'LIMIT', 0, ARGV[3])
