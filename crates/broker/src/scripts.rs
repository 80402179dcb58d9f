use redis::Script;

/// The Lua scripts. The first lines of each describe its keys, arguments and reply.
pub(crate) struct Scripts {
    pub(crate) submit_shared: Script,
    pub(crate) read: Script,
    pub(crate) release: Script,
    pub(crate) create: Script,
    pub(crate) answer: Script,
    pub(crate) end: Script,
    pub(crate) recover: Script,
    pub(crate) renew: Script,
    pub(crate) hand_back: Script,
    pub(crate) decline: Script,
    pub(crate) bury: Script,
    pub(crate) dead_letters: Script,
    pub(crate) replay: Script,
    pub(crate) log_page: Script,
    pub(crate) heads: Script,
    pub(crate) leave: Script,
    pub(crate) sweep: Script,
    pub(crate) shed: Script,
    pub(crate) overdue: Script,
    pub(crate) foreign_ends: Script,
    pub(crate) stream_end: Script,
}

impl Scripts {
    pub(crate) fn load() -> Self {
        Self {
            submit_shared: Script::new(include_str!("scripts/submit_shared.lua")),
            read: Script::new(include_str!("scripts/read.lua")),
            release: Script::new(include_str!("scripts/release.lua")),
            create: Script::new(include_str!("scripts/create.lua")),
            answer: Script::new(concat!(
                include_str!("scripts/owner.lua"),
                include_str!("scripts/answer.lua")
            )),
            end: Script::new(concat!(include_str!("scripts/owner.lua"), include_str!("scripts/end.lua"))),
            recover: Script::new(include_str!("scripts/recover.lua")),
            renew: Script::new(include_str!("scripts/renew.lua")),
            hand_back: Script::new(include_str!("scripts/hand_back.lua")),
            decline: Script::new(include_str!("scripts/decline.lua")),
            bury: Script::new(include_str!("scripts/bury.lua")),
            dead_letters: Script::new(include_str!("scripts/dead_letters.lua")),
            replay: Script::new(include_str!("scripts/replay.lua")),
            log_page: Script::new(include_str!("scripts/log_page.lua")),
            heads: Script::new(include_str!("scripts/heads.lua")),
            leave: Script::new(include_str!("scripts/leave.lua")),
            sweep: Script::new(include_str!("scripts/sweep.lua")),
            shed: Script::new(include_str!("scripts/shed.lua")),
            overdue: Script::new(include_str!("scripts/overdue.lua")),
            foreign_ends: Script::new(include_str!("scripts/foreign_ends.lua")),
            stream_end: Script::new(include_str!("scripts/stream_end.lua")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use contracts::{
        EndStatus, SearchStatus,
        names::{field, idempotency, record},
    };

    /// The fields that scripts may use.
    const FIELDS: &[&str] = &[
        field::SEARCH_ID,
        field::STATUS,
        field::RESULTS,
        field::SEQ,
        field::DETAILS,
        field::SUPPLIER,
        field::OFFERS,
        field::OF,
        field::IN_RECORD,
        field::CREATED_MS,
        field::DEADLINE_MS,
        record::ENTRY,
        record::ENDED_MS,
        record::FIRST_ANSWER_MS,
        record::SHARERS,
        record::ANSWER_PREFIX,
        record::ONE_WAYS_PREFIX,
        idempotency::FINGERPRINT,
    ];

    /// The replies of scripts, which their callers match.
    const ANSWERS: &[&str] = &[
        "again",
        "before",
        "created",
        "ended",
        "gone",
        "missing",
        "new",
        "not owner",
        "now",
        "refused",
        "reused",
        "shared",
        "stale",
        "stored",
        "there",
    ];

    /// Names in Redis' own replies.
    const OF_REDIS: &[&str] = &["last-delivered-id", "last-generated-id", "entries-added"];

    #[test]
    fn scripts_use_known_names_only() {
        let statuses =
            [SearchStatus::Processing.as_str(), EndStatus::Completed.as_str(), EndStatus::Cancelled.as_str()];
        let known: BTreeSet<&str> =
            [FIELDS, ANSWERS, OF_REDIS, &statuses].into_iter().flatten().copied().collect();
        let mut used = BTreeSet::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scripts");
        for script in fs::read_dir(folder).unwrap() {
            let path = script.unwrap().path();
            for line in fs::read_to_string(&path).unwrap().lines() {
                let code = line.split("--").next().unwrap_or_default();
                for word in code.split('\'').skip(1).step_by(2) {
                    let is_name = word.starts_with(|first: char| first.is_ascii_lowercase());
                    if is_name {
                        assert!(known.contains(word), "{}: {word}", path.display());
                        used.insert(word.to_owned());
                    }
                }
            }
        }
        let unused: Vec<_> = known.into_iter().filter(|word| !used.contains(*word)).collect();
        assert!(unused.is_empty(), "no script uses {unused:?}");
    }
}
