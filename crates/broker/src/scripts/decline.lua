-- Makes a job's lease run out now, and does not count this delivery. The job stays pending for this consumer until
-- another one takes it over.
-- KEYS: requested stream
-- ARGV: consumer group, consumer, id of the entry, length of a lease in ms, number of deliveries before this one
-- Returns 1, or 0 if the job is no longer this consumer's.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] then return 0 end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'IDLE', ARGV[4], 'RETRYCOUNT', ARGV[5], 'JUSTID')
return 1
