//! Mutants of the scripts of the operators' API and of the result log.

use super::mutant::{Mutant, mutant};

#[rustfmt::skip]
pub(super) const MUTANTS: &[Mutant] = &[
    mutant("dead_letters", "if not letter then break end", "",
        "dead letters are read from the newest on, as many as wanted"),
    mutant("dead_letters", "if bytes >= tonumber(ARGV[5]) then break end", "",
        "long dead letters are cut, and fewer are read"),
    mutant("dead_letters", "string.sub(text, 1, tonumber(ARGV[4]))", "text",
        "long dead letters are cut, and fewer are read"),

    mutant("log_page", "if not entry then return {'', entries} end", "",
        "the result log is read backwards in parts"),
    mutant("log_page", "if bytes >= tonumber(ARGV[4]) then break end", "",
        "the result log is read backwards in parts"),

    mutant("stream_end", "if redis.call('EXISTS', KEYS[1]) == 0 then return {} end", "",
        "a stream has an end, and no stream has none"),

    mutant("replay", "if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return {'gone', ''} end", "",
        "a dead letter whose search has ended becomes a new search, once"),
    mutant("replay", "if redis.call('ZSCORE', KEYS[3], ARGV[2]) then", "if true then",
        "a dead letter whose search has ended becomes a new search, once"),
    mutant("replay", "entry = redis.call('XADD', KEYS[2], '*', unpack(ARGV, 7, record_at - 1))", "entry = '1-1'",
        "a dead letter whose search has not ended is a new delivery of it, once"),
    mutant("replay", "redis.call('EXISTS', KEYS[4]) == 1", "true",
        "replaying makes no record for a search that has lost it"),
    mutant("replay", "redis.call('HSET', KEYS[4], 'entry', entry)", "",
        "a dead letter whose search has not ended is a new delivery of it, once"),
    mutant("replay", "redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])", "",
        "a dead letter whose search has ended becomes a new search, once"),
    mutant("replay", "redis.call('HSET', KEYS[5], unpack(ARGV, record_at, record_at + ARGV[6] - 1))", "",
        "a dead letter whose search has ended becomes a new search, once"),
    mutant("replay", "entry = redis.call('XADD', KEYS[2], '*', unpack(ARGV, record_at + ARGV[6]))", "entry = '1-1'",
        "a dead letter whose search has ended becomes a new search, once"),
    mutant("replay", "redis.call('XDEL', KEYS[1], ARGV[1])", "",
        "a dead letter whose search has ended becomes a new search, once"),
];
