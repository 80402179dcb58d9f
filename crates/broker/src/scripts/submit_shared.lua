-- Submits a search, unless it was submitted before: under the same idempotency key, or by an equal and recent POST.
-- KEYS: 1 record of the new search, 2 requested stream, 3 open searches, 4 youngest equal search, 5 idempotency key, if
--       there is one
-- ARGV: 1 what the key of a record starts with, 2 fingerprint of the search, 3 ms for which an equal search is
--       shared (0: never), 4 '1' to share one now, 5 ms for which an idempotency key is remembered, 6 '1' if a new
--       search may be submitted, 7 ms for which a search that is shared can be read at least, 8 deadline of the new
--       search in ms, 9 its id, 10 how many arguments the record takes, then the fields and values of the record, then
--       those of the job
-- Returns {outcome, id}: outcome is 'new', 'again', 'shared', 'reused' (the key names another search, which is given)
-- or 'refused' (it would have been a new one).
local new = ARGV[9]
local key = KEYS[5]
if key then
  local known = redis.call('HMGET', key, 'search_id', 'fingerprint')
  if known[1] then
    -- Given even when its record has expired: the client is told once and for all which search it submitted.
    return {known[2] == ARGV[2] and 'again' or 'reused', known[1]}
  end
end

local outcome, id = 'new', new
if ARGV[4] == '1' then
  local youngest = redis.call('GET', KEYS[4])
  if youngest then
    -- The one key that can't be told beforehand: which search is the youngest is only known here.
    local record = ARGV[1] .. youngest
    local known = redis.call('HMGET', record, 'status', 'sharers')
    local sharers = tonumber(known[2] or 0)
    if (known[1] == 'processing' or known[1] == 'completed') and sharers >= 0 then
      outcome, id = 'shared', youngest
      -- This very submission may come again, its reply having been lost: that is no further client.
      if youngest ~= new then redis.call('HINCRBY', record, 'sharers', 1) end
      -- Whoever has just been given it can read it for as long as a new one.
      redis.call('PEXPIRE', record, ARGV[7], 'GT')
    end
  end
end

if outcome == 'new' then
  if ARGV[6] ~= '1' then return {'refused', new} end
  redis.call('ZADD', KEYS[3], ARGV[8], new)
  redis.call('HSET', KEYS[1], unpack(ARGV, 11, 10 + ARGV[10]))
  redis.call('XADD', KEYS[2], '*', unpack(ARGV, 11 + ARGV[10]))
  if ARGV[3] ~= '0' then redis.call('SET', KEYS[4], new, 'PX', ARGV[3]) end
end
if key then
  redis.call('HSET', key, 'search_id', id, 'fingerprint', ARGV[2])
  redis.call('PEXPIRE', key, ARGV[5])
end
return {outcome, id}
