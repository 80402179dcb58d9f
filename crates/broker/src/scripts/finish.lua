-- Ends a search, once: whoever comes second changes nothing. In any case the job is done.
-- KEYS: record, results stream, requested stream, cancelled stream
-- ARGV: 1 search id, 2 status, 3 results, 4 details or '', 5 number of answers the results were made of, or '' for any,
--       6 the least seq the end may have, 7 '1' to announce it, 8 id of the job's entry or '', 9 consumer group,
--       10 ms the record is kept, 11 age in ms at which news are trimmed
-- Returns {outcome, seq, status}: outcome is 'first', 'already', or 'stale' when the record has more answers than
-- those. It has fewer where Redis came back without its last writes; the results are then the fuller story.
local record = redis.call('HMGET', KEYS[1], 'status', 'seq')
local status, seq = record[1], tonumber(record[2] or 0) or 0
local outcome = 'already'
if not status or status == 'processing' then
  if status and ARGV[5] ~= '' and seq > tonumber(ARGV[5]) then
    return {'stale', seq, status}
  end
  outcome = 'first'
  status = ARGV[2]
  seq = math.max(seq + 1, tonumber(ARGV[6]))
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local ended = {'status', status, 'seq', seq, 'results', ARGV[3], 'ended_ms', string.format('%.0f', now)}
  local news = {'search_id', ARGV[1], 'status', status, 'results', ARGV[3], 'seq', seq}
  if ARGV[4] ~= '' then
    ended[#ended + 1] = 'details'
    ended[#ended + 1] = ARGV[4]
    news[#news + 1] = 'details'
    news[#news + 1] = ARGV[4]
  end
  redis.call('HSET', KEYS[1], unpack(ended))
  redis.call('PEXPIRE', KEYS[1], ARGV[10])
  if ARGV[7] == '1' then
    local oldest = string.format('%.0f', now - ARGV[11])
    redis.call('XADD', KEYS[2], 'MINID', '~', oldest, '*', unpack(news))
  end
  if status == 'cancelled' then
    redis.call('XADD', KEYS[4], 'MAXLEN', '~', 1000, '*', 'search_id', ARGV[1])
  end
end
if ARGV[8] ~= '' then
  redis.call('XACK', KEYS[3], ARGV[9], ARGV[8])
  redis.call('XDEL', KEYS[3], ARGV[8])
end
return {outcome, seq, status}
