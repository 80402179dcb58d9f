-- Finds the end of a stream. Outside of a script, XINFO would also return the stream's first and last entry.
-- KEYS: stream
-- Returns {id of the last entry ever added, number of entries ever added}; nothing if there is no stream.
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local info, value = redis.call('XINFO', 'STREAM', KEYS[1]), {}
for at = 1, #info, 2 do value[info[at]] = info[at + 1] end
return {value['last-generated-id'], value['entries-added']}
