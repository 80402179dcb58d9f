-- Put in front of the scripts that a worker writes a search with.
-- Whether the consumer may still do so. It may not once another one holds the job: it was paused for longer than its
-- lease. A job that nobody holds is one that Redis has lost: then whoever has it in hand is the only one who knows.
-- `current` is the entry that the record names as the job's, if it was handed back.
local function is_owner(requested, group, consumer, entry, current)
  if current and current ~= entry then return false end
  local pending = redis.pcall('XPENDING', requested, group, entry, entry, 1)
  -- Nobody holds it, or there is no such group any more.
  if not pending[1] then return true end
  return pending[1][2] == consumer
end
