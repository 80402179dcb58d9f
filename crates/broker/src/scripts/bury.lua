-- Moves a job that can't be worked on to the dead letters, once.
-- KEYS: requested stream, dead stream
-- ARGV: consumer group, id of the entry, dead letters kept, then the fields and values of the dead letter
-- Returns 1, or 0 if the entry was no longer pending.
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then return 0 end
-- First, because it is what may fail: a script that fails in the middle has done the rest.
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', unpack(ARGV, 4))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[1], ARGV[2])
return 1
