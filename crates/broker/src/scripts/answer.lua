-- Stores suppliers' answers and adds them to the result log, unless the search has ended. Skips suppliers that have
-- answered already.
-- KEYS: record, results stream, requested stream
-- ARGV: search id, age in ms at which the result log is trimmed, consumer group, consumer, id of the job's entry, how
--       many bytes of offers an entry in the result log has at most (longer ones are only in the record), how many of the
--       next arguments are further fields and values of each such entry (the trace), then for each answer: supplier code,
--       of, report, offers, '1' if the supplier was asked, one-ways or ''
-- Returns {state, seq of each answer}: state is 'missing', 'ended', 'not owner' or 'stored'; a seq of 0 means that the
-- answer was skipped.
local record = redis.call('HMGET', KEYS[1], 'status', 'entry', 'first_answer_ms')
local status, first = record[1], record[3]
if not status then return {'missing'} end
if status ~= 'processing' then return {'ended'} end
if not is_owner(KEYS[3], ARGV[3], ARGV[4], ARGV[5], record[2]) then return {'not owner'} end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local oldest = string.format('%.0f', now - ARGV[2])
local longest = tonumber(ARGV[6])
local reply = {'stored'}
for at = 8 + ARGV[7], #ARGV, 6 do
  local code, of, report, offers, asked = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local field = 'supplier:' .. code
  local seq = 0
  if redis.call('HEXISTS', KEYS[1], field) == 0 then
    seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
    redis.call('HSET', KEYS[1], field, seq .. '\n' .. of .. '\n' .. report .. '\n' .. offers)
    if ARGV[at + 5] ~= '' then redis.call('HSET', KEYS[1], 'one_ways:' .. code, ARGV[at + 5]) end
    if asked == '1' and not first then
      first = string.format('%.0f', now)
      redis.call('HSET', KEYS[1], 'first_answer_ms', first)
    end
    local name, value = 'offers', offers
    if #offers > longest then name, value = 'in_record', #offers end
    redis.call('XADD', KEYS[2], 'MINID', '~', oldest, '*', 'search_id', ARGV[1],
      'seq', seq, 'of', of, 'supplier', report, name, value, unpack(ARGV, 8, 7 + ARGV[7]))
  end
  reply[#reply + 1] = seq
end
return reply
