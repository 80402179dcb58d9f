-- Renews the leases of jobs in progress. Checks each consumer first: XCLAIM would take a job back from the worker that
-- took it over.
-- KEYS: requested stream
-- ARGV: consumer group, consumer, then ids of entries
-- Returns the ids of jobs that another consumer has.
local mine, lost = {}, {}
for at = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[at], ARGV[at], 1)[1]
  if pending and pending[2] == ARGV[2] then
    mine[#mine + 1] = ARGV[at]
  elseif pending then
    lost[#lost + 1] = ARGV[at]
  end
end
if #mine > 0 then
  mine[#mine + 1] = 'JUSTID'
  redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, unpack(mine))
end
return lost
