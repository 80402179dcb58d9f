//! Chaos: a steady load of searches, while gateways, workers and Redis are killed, stopped and replaced at random.
//!
//! Whatever happens, every search that was accepted ends in exactly one terminal event, and every client that
//! asks sees it, with its partial answers in order if it wants them. The run ends with what was counted; where
//! something is wrong it tells what, and the seed with which to try again.
//!
//! `CHAOS_SECONDS` makes it longer than 30 s, `CHAOS_SEED` gives it the decisions of an earlier run, and `CHAOS_SEEDS`
//! makes it so many runs with one seed after the other. `REDIS_SERVER` names another server than Redis of the system,
//! and `CHAOS_WITHOUT=StepService,KillRedis` leaves faults out, to find out which ones a failure takes.
//!
//! The seed also decides how the system is set up, which suppliers it has, and which faults are injected. In most
//! runs Redis loses nothing that it has acknowledged, and nothing may be lost. In the others it may, and the searches
//! that this may have touched need only end.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`run`] | how long, from which seed |
//! | [`config`] | what a run is made of |
//! | [`fault`] | the kinds of fault |
//! | [`cluster`], [`store`] | the processes, and where they are; Redis |
//! | [`airlines`] | suppliers that are asked over HTTP |
//! | [`injection`], [`journal`] | what befalls them, and when it did |
//! | [`load`] | searches, each with its clients |
//! | [`follower`] | one client, as an `EventSource` is |
//! | [`history`] | what a client has received, and what is wrong with it |
//! | [`auditor`] | checks what is in Redis during and after the run |
//! | [`checker`], [`violation`] | what is wrong with a search |
//! | [`summary`] | the counts |

#![expect(clippy::expect_used, reason = "a test program panics where it can't go on")]

mod airline;
mod airlines;
mod auditor;
mod checker;
mod cluster;
mod config;
mod fault;
mod follower;
mod history;
mod injection;
mod journal;
mod load;
mod run;
mod store;
mod summary;
mod violation;

use std::{collections::HashMap, process::ExitCode};

use tokio::time::Instant;

use crate::{
    airlines::Airlines, auditor::Auditor, checker::Checker, cluster::Cluster, config::Config,
    journal::Journal, load::Load, run::Run, summary::Summary,
};

fn main() -> ExitCode {
    match run::asked_for() {
        run::Asked::List => {
            println!("chaos: test");
            ExitCode::SUCCESS
        }
        run::Asked::SomethingElse => {
            println!("0 passed, 0 failed");
            ExitCode::SUCCESS
        }
        run::Asked::Run => {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let runs = Run::from_env();
            let all = runs.len();
            let failed: Vec<_> =
                runs.into_iter().filter(|run| !runtime.block_on(holds(*run))).map(|run| run.seed).collect();
            let holds = failed.is_empty();
            println!("{} passed, {} failed", all - failed.len(), failed.len());
            if !holds {
                println!("failed with CHAOS_SEED={failed:?}");
            }
            ExitCode::from(u8::from(!holds))
        }
    }
}

/// Runs the chaos and tells whether the promises held.
async fn holds(run: Run) -> bool {
    let config = Config::draw(run);
    println!("{config}");
    let airlines = Airlines::start(&config).await;
    let mut cluster = Cluster::start(&config, &airlines).await;
    let auditor = Auditor::start(cluster.audited.addr());
    let load = Load::new(&config, cluster.clients());
    let journal = Journal::new(config.slow_to_notice());

    let until = run.until();
    tokio::join!(injection::inject(&mut cluster, &config, &journal, until), load.press(until));
    println!("{journal}");
    let quiet_from = Instant::now();
    let searches = load.finish().await;
    let ids = searches.iter().filter(|_| !config.is_lossy).map(|search| search.id.as_str());
    let news = &auditor.finish(ids, quiet_from + config.deadline + load::MARGIN).await;
    let left_behind = auditor::left_behind(&cluster).await;
    let dead_letters = &auditor::dead_letters(&cluster).await;

    let mut calls = HashMap::<_, Vec<_>>::new();
    for call in airlines.calls() {
        calls.entry(call.key.clone()).or_default().push(call);
    }
    let checker = Checker { config: &config, journal: &journal, news, dead_letters, calls, quiet_from };
    let summary = Summary::of(&searches, &checker, left_behind, cluster.crashes());
    println!("{summary}");
    if !summary.holds() {
        println!("{}", summary.details(&cluster));
        println!("the seed was {}", run.seed);
    }
    summary.holds()
}
