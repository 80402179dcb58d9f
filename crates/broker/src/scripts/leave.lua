-- Removes a consumer that holds no jobs. Otherwise, DELCONSUMER would drop them from the pending list.
-- KEYS: requested stream
-- ARGV: consumer group, consumer
-- Returns 1, or 0 if it holds a job.
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
