-- Creates the record of a search that has none: its job came from the replaced system, or Redis lost the record.
-- KEYS: record, open searches, requested stream
-- ARGV: search id, its deadline in ms, ms after the deadline until which records are kept, id of the job's entry if the
--       search was submitted together with its job, or '' (the replaced system knows no open searches), then fields and
--       values
-- Returns 'created', 'there' (it exists) or 'ended' (the search has ended and its record has expired).
if redis.call('EXISTS', KEYS[1]) == 1 then return 'there' end
-- Redis still has the job, so it has not lost the submission. A search that is no longer open has ended, even if the
-- clock has stepped back since.
if ARGV[4] ~= '' and #redis.call('XRANGE', KEYS[3], ARGV[4], ARGV[4]) > 0
  and not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 'ended' end
local time = redis.call('TIME')
if time[1] * 1000 + math.floor(time[2] / 1000) >= ARGV[2] + ARGV[3] then return 'ended' end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 5))
return 'created'
