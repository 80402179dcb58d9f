//! Which workers may write to a search.

use crate::stage::{Scenario, same};

pub(crate) const SCENARIOS: &[Scenario] = &[
    ("a worker whose job was taken over stores nothing", |stage| {
        let entry = stage.begin()?;
        stage.take_over("b", &entry)?;
        same("answered", &stage.answer("a", &entry, &["x"])?, &["not owner"])?;
        same("answered by the owner", &stage.answer("b", &entry, &["x"])?, &["stored", "1"])
    }),
    ("a worker whose job was handed back stores nothing", |stage| {
        let old = stage.begin()?;
        stage.take_over("b", &old)?;
        stage.hand_back("b", &old)?;
        same("answered", &stage.answer("a", &old, &["x"])?, &["not owner"])?;
        let new = stage.deliver("c")?;
        same("answered by the owner", &stage.answer("c", &new, &["x"])?, &["stored", "1"])
    }),
    ("a worker whose job Redis has lost can still store", |stage| {
        let entry = stage.begin()?;
        stage.run(&format!("XACK q g {entry}"))?;
        same("not pending", &stage.answer("a", &entry, &["x"])?, &["stored", "1"])?;
        stage.run("DEL q")?;
        same("no stream", &stage.answer("a", &entry, &["y"])?, &["stored", "2"])
    }),
    ("a job is handed back only by its owner", |stage| {
        let entry = stage.begin()?;
        stage.take_over("b", &entry)?;
        same("handed back", &stage.hand_back("a", &entry)?, &["0"])?;
        same("jobs", &stage.run("XLEN q")?, &["1"])
    }),
    ("a job is handed back once", |stage| {
        let entry = stage.begin()?;
        stage.hand_back("a", &entry)?;
        same("handed back again", &stage.hand_back("a", &entry)?, &["0"])?;
        same("jobs", &stage.run("XLEN q")?, &["1"])?;
        same("pending", &stage.run("XPENDING q g - + 9")?, &[])
    }),
    ("handing back creates no record", |stage| {
        let entry = stage.begin()?;
        stage.run("DEL r")?;
        stage.hand_back("a", &entry)?;
        same("records", &stage.run("EXISTS r")?, &["0"])
    }),
];
