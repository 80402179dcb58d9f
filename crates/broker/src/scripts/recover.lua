-- Gives what is pending for a consumer again, without counting that as a delivery.
-- KEYS: requested stream
-- ARGV: consumer group, consumer, id behind which to look, how many at most
-- Returns for each: id, deliveries so far, and its fields and values; none of an entry that was deleted.
local given = {}
for _, pending in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '(' .. ARGV[3], '+', ARGV[4], ARGV[2])) do
  local id, deliveries = pending[1], pending[4]
  local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', deliveries)
  given[#given + 1] = {id, deliveries, claimed[1] and claimed[1][2] or {}}
end
return given
