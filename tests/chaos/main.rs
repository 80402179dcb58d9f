//! Chaos: a steady load of searches while random faults hit gateways, workers, Redis and the links between them.
//!
//! Each accepted search must end in exactly one terminal event, and every client that asks must receive it, with the
//! partials in order if it wants them. A run prints its counts and, for each violation, the details and the seed.
//!
//! `CHAOS_SECONDS` sets the duration (30 s by default), `CHAOS_SEED` repeats the decisions of an earlier run, and
//! `CHAOS_SEEDS` makes that many runs with consecutive seeds. `REDIS_SERVER` is the path of another Redis server.
//! `CHAOS_WITHOUT=StepService,KillRedis` leaves kinds of fault out, to find out which ones cause a failure.
//!
//! The seed decides the configuration, the suppliers and the faults. In most runs Redis loses nothing that it has
//! acknowledged, and all searches are checked in full. In the others it may lose writes, and a search that this may
//! affect only has to end or be unknown.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`run`] | arguments, duration and seed of a run |
//! | [`config`] | the configuration of a run |
//! | [`fault`] | the kinds of fault |
//! | [`cluster`], [`store`] | the gateways and workers; Redis |
//! | [`airlines`] | suppliers that are called over HTTP |
//! | [`injection`], [`journal`] | injects faults; notes when they happened |
//! | [`load`] | searches, each with its clients |
//! | [`follower`] | one client, which behaves like an `EventSource` |
//! | [`history`] | what a client received |
//! | [`auditor`] | reads the result log, and finds what is left in Redis |
//! | [`checker`], [`violation`] | checks a search |
//! | [`summary`] | the counts |

#![expect(clippy::expect_used, reason = "a test program panics if it can't go on")]

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

/// Makes one run; `true` if there was no violation.
async fn holds(run: Run) -> bool {
    let config = Config::draw(run);
    println!("{config}");
    let airlines = Airlines::start(&config).await;
    let mut cluster = Cluster::start(&config, &airlines).await;
    let auditor = Auditor::start(cluster.audited.addr());
    let load = Load::new(&config, cluster.clients());
    let journal = Journal::new(config.slow_to_notice());

    let until = run.until();
    tokio::join!(injection::inject(&mut cluster, &config, &journal, until), load.run(until));
    println!("{journal}");
    let quiet_from = Instant::now();
    let searches = load.finish().await;
    let ids = searches.iter().filter(|_| !config.is_lossy).map(|search| search.id.as_str());
    let log = &auditor.finish(ids, quiet_from + config.deadline + load::MARGIN).await;
    let left_behind = auditor::left_behind(&cluster).await;
    let dead_letters = &auditor::dead_letters(&cluster).await;

    let mut calls = HashMap::<_, Vec<_>>::new();
    for call in airlines.calls() {
        calls.entry(call.key.clone()).or_default().push(call);
    }
    let checker = Checker { config: &config, journal: &journal, log, dead_letters, calls, quiet_from };
    let summary = Summary::of(&searches, &checker, left_behind, cluster.crashes());
    println!("{summary}");
    if !summary.holds() {
        println!("{}", summary.details(&cluster));
        println!("repeat it with CHAOS_SEED={}", run.seed);
    }
    summary.holds()
}
