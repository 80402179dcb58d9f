-- Reads a record. If it is large, reads its small fields, and only the lengths of the others.
-- KEYS: record
-- ARGV: most bytes of a small record, most bytes of a small field, then '' for all fields, or a sequence number: then no
--       answers up to it are read, and no one-ways
-- Returns {fields and values, names and lengths of the other fields}
local seq = redis.call('HGET', KEYS[1], 'seq')
-- A record without answers is small.
if not seq or seq == '0' then return {redis.call('HGETALL', KEYS[1]), {}} end

local after = tonumber(ARGV[3])
local function is_wanted(name)
  local kind = string.sub(name, 1, 9)
  if kind == 'one_ways:' then return false end
  if kind ~= 'supplier:' then return true end
  local number = string.match(redis.call('HGET', KEYS[1], name), '^%d+')
  return not number or tonumber(number) > after
end

local names, lengths, total = {}, {}, 0
for _, name in ipairs(redis.call('HKEYS', KEYS[1])) do
  if not after or is_wanted(name) then
    names[#names + 1] = name
    lengths[#names] = redis.call('HSTRLEN', KEYS[1], name)
    total = total + lengths[#names]
  end
end

local is_small = total <= tonumber(ARGV[1])
local given, left = {}, {}
for at, name in ipairs(names) do
  local value = lengths[at]
  local list = left
  if is_small or value <= tonumber(ARGV[2]) then
    list, value = given, redis.call('HGET', KEYS[1], name)
  end
  list[#list + 1] = name
  list[#list + 1] = value
end
return {given, left}
