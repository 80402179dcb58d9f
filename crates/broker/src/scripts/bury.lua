-- Moves a job to the dead letters, once.
-- KEYS: requested stream, dead stream
-- ARGV: consumer group, consumer, id of the entry, how many dead letters to keep, then the fields and values of the
--       dead letter
-- Returns 1, or 0 if the job is no longer this consumer's.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] then return 0 end
-- First, because it may fail. Redis does not undo the commands before a failed one.
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', unpack(ARGV, 5))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[1], ARGV[3])
return 1
