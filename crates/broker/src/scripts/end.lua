-- Ends a search, unless it has ended, and deletes its job.
-- KEYS: record, results stream, requested stream, cancelled stream, open searches
-- ARGV: 1 search id, 2 status, 3 results as JSON, 4 details or '', 5 number of answers in the results, or '' for any,
--       6 lowest seq for the terminal event, 7 '1' to add it to the result log, 8 consumer group, 9 consumer, or '' if the
--       caller is not a worker, 10 id of the job's entry or '', 11 ms to keep the record, 12 age in ms at which the
--       result log is trimmed, 13 the search's deadline in ms, or '' if unknown, 14 ms after the deadline until which
--       records are kept, 15 all of the offers, or '' if the results have it, 16 how many bytes of them the entry
--       in the result log has at most (longer ones are only in the record), then further fields and values of that entry
--       (the trace)
-- Returns {outcome, seq}. The outcome is
--   'now'       the search has ended now; seq is that of its terminal event
--   'before'    it had ended before
--   'gone'      it had ended before, and its record has expired
--   'stale'     nothing was done: the record has more answers than the results. (It has fewer if Redis came back
--               without its last writes. The results are then more complete, and the search ends.)
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
  -- Searches of the replaced system never had a record, so its ends (ARGV[7] is not '1') are always stored.
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
  local offers = ARGV[15] ~= '' and ARGV[15] or ARGV[3]
  local ended = {'status', status, 'seq', seq, 'results', offers, 'ended_ms', string.format('%.0f', now)}
  local news = {'search_id', ARGV[1], 'status', status, 'results', ARGV[3], 'seq', seq}
  if ARGV[15] ~= '' then
    local name, value = 'offers', offers
    if #offers > tonumber(ARGV[16]) then name, value = 'in_record', #offers end
    news[#news + 1] = name
    news[#news + 1] = value
  end
  if ARGV[4] ~= '' then
    ended[#ended + 1] = 'details'
    ended[#ended + 1] = ARGV[4]
    news[#news + 1] = 'details'
    news[#news + 1] = ARGV[4]
  end
  redis.call('HSET', KEYS[1], unpack(ended))
  -- Until ARGV[14] ms after the deadline, a missing record must mean that it was lost.
  local kept = math.max(tonumber(ARGV[11]), deadline and deadline + ARGV[14] - now or 0)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', kept))
  if ARGV[7] == '1' then
    for at = 17, #ARGV do news[#news + 1] = ARGV[at] end
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
