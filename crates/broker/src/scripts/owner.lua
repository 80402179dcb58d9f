-- Shared by the scripts with which workers write to a search: checks whether a worker's claim to a job is valid.
-- It is not if another consumer has the job, or if the job was handed back: the record then names another entry,
-- `current`.
-- If Redis has lost the entry, the claim is valid: only this worker knows the job.
local function is_owner(requested, group, consumer, entry, current)
  if current and current ~= entry then return false end
  local pending = redis.pcall('XPENDING', requested, group, entry, entry, 1)
  -- The entry or the group is gone.
  if not pending[1] then return true end
  return pending[1][2] == consumer
end
