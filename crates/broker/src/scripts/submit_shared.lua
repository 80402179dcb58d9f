-- Submits a search, unless there is an earlier one: with the same idempotency key, or equal and recent.
-- KEYS: 1 record of the new search, 2 requested stream, 3 open searches, 4 youngest equal search, 5 idempotency key,
--       if there is one
-- ARGV: 1 prefix of the records' keys, 2 fingerprint of the search, 3 ms for which the search may be shared (0:
--       never), 4 '1' if an earlier search may be shared, 5 ms to keep an idempotency key, 6 '1' if a new search may
--       be submitted, 7 ms for which a shared search must stay readable, 8 deadline of the new search in ms, 9 its id,
--       10 number of arguments of the record, then the fields and values of the record, then those of the job
-- Returns {outcome, id}: outcome is 'new', 'again' (id is the search with this idempotency key), 'shared' (id is the
-- shared search), 'reused' (the idempotency key belongs to a different search, id) or 'refused' (no new search may be
-- submitted).
local new = ARGV[9]
local key = KEYS[5]
if key then
  local known = redis.call('HMGET', key, 'search_id', 'fingerprint')
  if known[1] then
    -- Even if its record has expired: a key always returns the same search.
    return {known[2] == ARGV[2] and 'again' or 'reused', known[1]}
  end
end

local outcome, id = 'new', new
if ARGV[4] == '1' then
  local youngest = redis.call('GET', KEYS[4])
  if youngest then
    -- This key can't be passed in KEYS, because only this script knows which search is the youngest.
    local record = ARGV[1] .. youngest
    local known = redis.call('HMGET', record, 'status', 'sharers')
    local sharers = tonumber(known[2] or 0)
    if (known[1] == 'processing' or known[1] == 'completed') and sharers >= 0 then
      outcome, id = 'shared', youngest
      -- If they are equal, this is a retry whose first reply was lost, not a further client.
      if youngest ~= new then redis.call('HINCRBY', record, 'sharers', 1) end
      -- The client can read it for as long as a new search.
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
