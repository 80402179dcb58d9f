-- Moves a dead letter back to the queue, once: as a new delivery of its search, or as a new search if that has ended.
-- KEYS: 1 dead stream, 2 requested stream, 3 open searches, 4 record of its search, 5 record of the new search
-- ARGV: 1 id of the dead letter, 2 id of its search, 3 id of the new search, 4 deadline of the new search in ms,
--       5 number of arguments of the job, 6 number of arguments of the new search's record, then the fields and values of
--       the job, of the record, and of the new search's job
-- Returns {outcome, id of the job's entry}. The outcome is
--   'again'  the search has not ended: it is delivered again
--   'new'    the new search was submitted
--   'gone'   nothing was done: there is no such dead letter
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return {'gone', ''} end
local outcome, entry
local record_at = 7 + ARGV[5]
if redis.call('ZSCORE', KEYS[3], ARGV[2]) then
  -- What may fail for want of memory comes first. Redis does not undo the commands before a failed one.
  entry = redis.call('XADD', KEYS[2], '*', unpack(ARGV, 7, record_at - 1))
  -- Claims to the buried job are no longer valid.
  if redis.call('EXISTS', KEYS[4]) == 1 then redis.call('HSET', KEYS[4], 'entry', entry) end
  outcome = 'again'
else
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])
  redis.call('HSET', KEYS[5], unpack(ARGV, record_at, record_at + ARGV[6] - 1))
  entry = redis.call('XADD', KEYS[2], '*', unpack(ARGV, record_at + ARGV[6]))
  outcome = 'new'
end
redis.call('XDEL', KEYS[1], ARGV[1])
return {outcome, entry}
