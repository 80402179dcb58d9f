-- Creates the record of a search that has none: its job came from the replaced system, or Redis lost the record.
-- KEYS: record, open searches
-- ARGV: search id, its deadline in ms, ms after the deadline until which records are kept, then fields and values
-- Returns 'created', 'there' (it exists) or 'ended' (the search has ended and its record has expired).
if redis.call('EXISTS', KEYS[1]) == 1 then return 'there' end
local time = redis.call('TIME')
if time[1] * 1000 + math.floor(time[2] / 1000) >= ARGV[2] + ARGV[3] then return 'ended' end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
return 'created'
