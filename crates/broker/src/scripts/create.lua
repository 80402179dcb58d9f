-- Creates the record of a search that has none: its job came from the replaced system, or Redis lost the record.
-- KEYS: record
-- ARGV: expiry in ms, then fields and values
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
