-- Reads the result log backwards: which search each entry belongs to, without its content.
-- KEYS: results stream
-- ARGV: highest id or '+', lowest id or '-', most entries, most bytes to look at
-- Returns {id to read on before, or '' at the end, then for each entry {its id, the search's id, seq}}
local entries, bytes, highest = {}, 0, ARGV[1]
for _ = 1, tonumber(ARGV[3]) do
  local entry = redis.call('XREVRANGE', KEYS[1], highest, ARGV[2], 'COUNT', 1)[1]
  if not entry then return {'', entries} end
  local fields = {}
  for at = 1, #entry[2], 2 do
    fields[entry[2][at]] = entry[2][at + 1]
    bytes = bytes + #entry[2][at + 1]
  end
  entries[#entries + 1] = {entry[1], fields.search_id or '', fields.seq or ''}
  highest = '(' .. entry[1]
  if bytes >= tonumber(ARGV[4]) then break end
end
return {highest, entries}
