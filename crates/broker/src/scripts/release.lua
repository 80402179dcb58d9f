-- Removes one client from a shared search, unless it has ended.
-- KEYS: record
-- Returns how many clients are left; 0 also if the search has ended or is unknown. Without clients, a search is no
-- longer shared, because it is about to be cancelled.
local record = redis.call('HMGET', KEYS[1], 'status', 'sharers')
if record[1] ~= 'processing' then return 0 end
-- The client that submitted the search is not counted here. -1: there are no clients left.
local sharers = tonumber(record[2] or 0)
if sharers > 0 then
  redis.call('HINCRBY', KEYS[1], 'sharers', -1)
  return sharers
end
redis.call('HSET', KEYS[1], 'sharers', -1)
return 0
