-- Finds ends in the result log that the replaced system announced. They have results but no seq.
-- KEYS: results stream
-- ARGV: id of the entry to start after, how many entries to read
-- Returns {id of the newest entry, id of the last entry read, fields and values of each end}; an id is '' if there is
-- no such entry.
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local ends, last = {}, ''
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2])) do
  last = entry[1]
  local has = {}
  for at = 1, #entry[2], 2 do has[entry[2][at]] = true end
  if has['results'] and not has['seq'] then ends[#ends + 1] = entry[2] end
end
return {newest and newest[1] or '', last, ends}
