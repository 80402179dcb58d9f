-- Deletes jobs that are done. Workers of the replaced system acknowledge them without deleting them.
-- KEYS: requested stream
-- ARGV: consumer group
-- Returns how many were deleted. Ids always increase, so every entry before the first pending one is done, or, if none
-- is pending, every entry up to the last delivered one.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for at = 1, #info, 2 do group[info[at]] = info[at + 1] end
  if group.name == ARGV[1] then
    local first = redis.call('XPENDING', KEYS[1], ARGV[1])[2]
    if first then return redis.call('XTRIM', KEYS[1], 'MINID', first) end
    local last = group['last-delivered-id']
    return redis.call('XTRIM', KEYS[1], 'MINID', last) + redis.call('XDEL', KEYS[1], last)
  end
end
return 0
