-- Reads answers in a record without their offers, which may be large: the first three of their four lines.
-- KEYS: record
-- ARGV: fields of the record
-- Returns a text for each field: '' if it is missing or no answer.
local heads = {}
for at, field in ipairs(ARGV) do
  local value = redis.call('HGET', KEYS[1], field) or ''
  heads[at] = string.match(value, '^[^\n]*\n[^\n]*\n[^\n]*') or ''
end
return heads
