-- Gives a record: whole if it is small, else its small fields and the lengths of the others.
-- KEYS: record
-- ARGV: bytes up to which a record is small, bytes up to which a field is
-- Returns {fields and values, names and lengths of the fields left out}
local seq = redis.call('HGET', KEYS[1], 'seq')
-- Of a search that nobody has answered there is nothing that could be large.
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
