-- Reads a record. If it is large, reads its small fields, and only the lengths of the others.
-- KEYS: record
-- ARGV: most bytes of a small record, most bytes of a small field
-- Returns {fields and values, names and lengths of the other fields}
local seq = redis.call('HGET', KEYS[1], 'seq')
-- A record without answers is small.
if not seq or seq == '0' then return {redis.call('HGETALL', KEYS[1]), {}} end

local names, lengths, total = redis.call('HKEYS', KEYS[1]), {}, 0
for at, name in ipairs(names) do
  lengths[at] = redis.call('HSTRLEN', KEYS[1], name)
  total = total + lengths[at]
end
if total <= tonumber(ARGV[1]) then return {redis.call('HGETALL', KEYS[1]), {}} end

local given, left = {}, {}
for at, name in ipairs(names) do
  local value = lengths[at]
  local list = left
  if value <= tonumber(ARGV[2]) then
    list, value = given, redis.call('HGET', KEYS[1], name)
  end
  list[#list + 1] = name
  list[#list + 1] = value
end
return {given, left}
