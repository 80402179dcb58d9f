-- Queues a job again as a new entry, so that another worker gets it at once and not after a lease. The record names
-- the new entry, which makes claims to the old one invalid.
-- KEYS: requested stream, record
-- ARGV: consumer group, consumer, id of the entry, then the fields and values of the new one
-- Returns 1, or 0 if the job is no longer this consumer's.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] then return 0 end
local entry = redis.call('XADD', KEYS[1], '*', unpack(ARGV, 4))
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('HSET', KEYS[2], 'entry', entry) end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[1], ARGV[3])
return 1
