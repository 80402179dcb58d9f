-- Reads dead letters, newest first, and cuts what is long.
-- KEYS: dead stream
-- ARGV: highest id or '+', lowest id or '-', most dead letters, most bytes of a name or a value, most bytes of all
-- Returns for each dead letter: its id, and its fields and values
local letters, bytes, highest = {}, 0, ARGV[1]
for _ = 1, tonumber(ARGV[3]) do
  local letter = redis.call('XREVRANGE', KEYS[1], highest, ARGV[2], 'COUNT', 1)[1]
  if not letter then break end
  local cut = {}
  for at, text in ipairs(letter[2]) do
    cut[at] = string.sub(text, 1, tonumber(ARGV[4]))
    bytes = bytes + #cut[at]
  end
  letters[#letters + 1] = {letter[1], cut}
  if bytes >= tonumber(ARGV[5]) then break end
  highest = '(' .. letter[1]
end
return letters
