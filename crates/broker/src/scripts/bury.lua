-- Moves a job that can't be worked on to the dead letters, once.
-- KEYS: requested stream, dead stream
-- ARGV: consumer group, consumer, id of the entry, dead letters kept, then the fields and values of the dead letter
-- Returns 1, or 0 if the job is no longer this consumer's.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] then return 0 end
-- First, because it is what may fail: a script that fails in the middle has done the rest.
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', unpack(ARGV, 5))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[1], ARGV[3])
return 1
