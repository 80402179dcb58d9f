-- Takes off one of the clients that were given a search, unless it has ended.
-- KEYS: record
-- Returns how many are left. 0 also for a search that has ended or is unknown. A search that the last one has left is
-- given to nobody any more: it is about to be cancelled.
local record = redis.call('HMGET', KEYS[1], 'status', 'sharers')
if record[1] ~= 'processing' then return 0 end
-- Besides the client that submitted it.
local sharers = tonumber(record[2] or 0)
if sharers > 0 then
  redis.call('HINCRBY', KEYS[1], 'sharers', -1)
  return sharers
end
redis.call('HSET', KEYS[1], 'sharers', -1)
return 0
