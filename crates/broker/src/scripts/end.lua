-- Ends a search, once: whoever comes second changes nothing. Then its job is done.
-- KEYS: record, results stream, requested stream, cancelled stream, open searches
-- ARGV: 1 search id, 2 status, 3 results, 4 details or '', 5 number of answers the results were made of, or '' for any,
--       6 the least seq the end may have, 7 '1' to announce it, 8 consumer group, 9 consumer or '' if a worker does not
--       do this, 10 id of the job's entry or '', 11 ms the record is kept, 12 age in ms at which news are trimmed,
--       13 the search's deadline in ms, or '' if it is not known, 14 ms behind the deadline from which on a search
--       without a record has ended, unless it is among the open ones
-- Returns {outcome, seq}. The outcome is
--   'now'       the search has ended so, and its terminal event has this seq
--   'before'    it had ended before
--   'gone'      it had ended before, and its record has expired since
--   'stale'     nothing was done: the record has more answers than those. It has fewer where Redis came back without
--               its last writes; the results are then the fuller story
--   'not owner' nothing was done: another worker has the job
local record = redis.call('HMGET', KEYS[1], 'status', 'seq', 'entry', 'deadline_ms')
local status, seq, deadline = record[1], tonumber(record[2] or 0) or 0, tonumber(record[4] or ARGV[13])
local outcome = 'before'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local is_gone = false
if not status then
  local open = redis.call('ZSCORE', KEYS[5], ARGV[1])
  deadline = deadline or tonumber(open or '')
  -- Ends that the replaced system announced (ARGV[7] is not '1') never had a record: that it is missing proves nothing.
  is_gone = ARGV[7] == '1' and not open and (not deadline or now >= deadline + ARGV[14])
end
if is_gone then
  outcome = 'gone'
elseif not status or status == 'processing' then
  if ARGV[9] ~= '' and not is_owner(KEYS[3], ARGV[8], ARGV[9], ARGV[10], record[3]) then
    return {'not owner', seq}
  end
  if status and ARGV[5] ~= '' and seq > tonumber(ARGV[5]) then
    return {'stale', seq}
  end
  outcome = 'now'
  status = ARGV[2]
  seq = math.max(seq + 1, tonumber(ARGV[6]))
  local ended = {'status', status, 'seq', seq, 'results', ARGV[3], 'ended_ms', string.format('%.0f', now)}
  local news = {'search_id', ARGV[1], 'status', status, 'results', ARGV[3], 'seq', seq}
  if ARGV[4] ~= '' then
    ended[#ended + 1] = 'details'
    ended[#ended + 1] = ARGV[4]
    news[#news + 1] = 'details'
    news[#news + 1] = ARGV[4]
  end
  redis.call('HSET', KEYS[1], unpack(ended))
  -- A record that is missing earlier than that after its deadline can only have been lost.
  local kept = math.max(tonumber(ARGV[11]), deadline and deadline + ARGV[14] - now or 0)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', kept))
  if ARGV[7] == '1' then
    local oldest = string.format('%.0f', now - ARGV[12])
    redis.call('XADD', KEYS[2], 'MINID', '~', oldest, '*', unpack(news))
  end
  if status == 'cancelled' then
    redis.call('XADD', KEYS[4], 'MAXLEN', '~', 1000, '*', 'search_id', ARGV[1])
  end
end
redis.call('ZREM', KEYS[5], ARGV[1])
if ARGV[10] ~= '' then
  redis.call('XACK', KEYS[3], ARGV[8], ARGV[10])
  redis.call('XDEL', KEYS[3], ARGV[10])
end
return {outcome, seq}
