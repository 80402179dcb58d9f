use redis::Script;

/// The Lua scripts; each tells its keys and arguments in its first lines.
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
    pub(crate) leave: Script,
    pub(crate) sweep: Script,
    pub(crate) shed: Script,
    pub(crate) overdue: Script,
    pub(crate) foreign_ends: Script,
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
            leave: Script::new(include_str!("scripts/leave.lua")),
            sweep: Script::new(include_str!("scripts/sweep.lua")),
            shed: Script::new(include_str!("scripts/shed.lua")),
            overdue: Script::new(include_str!("scripts/overdue.lua")),
            foreign_ends: Script::new(include_str!("scripts/foreign_ends.lua")),
        }
    }
}
