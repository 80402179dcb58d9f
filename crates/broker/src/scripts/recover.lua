-- Delivers pending jobs to their consumer again, without counting that as a delivery.
-- KEYS: requested stream
-- ARGV: consumer group, consumer, id of the entry to start after, how many to return
-- Returns for each job: id, number of deliveries, and fields and values, which are empty if the entry was deleted.
local given = {}
for _, pending in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '(' .. ARGV[3], '+', ARGV[4], ARGV[2])) do
  local id, deliveries = pending[1], pending[4]
  local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', deliveries)
  given[#given + 1] = {id, deliveries, claimed[1] and claimed[1][2] or {}}
end
return given
