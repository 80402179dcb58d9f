//! Chaos: a steady load of searches, while gateways, workers and Redis are killed, stopped and replaced at random.
//!
//! Whatever happens, every search that was accepted ends in exactly one terminal event, and every client that
//! asks sees it, with its partial answers in order if it wants them. The run ends with what was counted; where
//! something is wrong it tells what, and the seed with which to try again.
//!
//! `CHAOS_SECONDS` makes it longer than 30 s, `CHAOS_SEED` gives it the decisions of an earlier run, and `CHAOS_SEEDS`
//! makes it so many runs with one seed after the other. `REDIS_SERVER` names another server than Redis of the system,
//! and `CHAOS_WITHOUT=StepService,KillRedis` leaves kinds of trouble out, to find out which ones it takes.
//!
//! The seed also decides how the system is set up, which suppliers it has, and which kinds of trouble there are. In most
//! runs Redis loses nothing that it has acknowledged, and nothing may be lost. In the others it may, and the searches
//! that this may have touched need only end.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`plan`] | how long, from which seed |
//! | [`config`] | what a run is made of |
//! | [`kind`] | the kinds of trouble |
//! | [`site`], [`store`] | the processes, and where they are; Redis |
//! | [`airlines`] | suppliers that are asked over HTTP |
//! | [`trouble`], [`journal`] | what befalls them, and when it did |
//! | [`load`] | searches, each with its clients |
//! | [`follower`] | one client, as an `EventSource` is |
//! | [`story`] | what a client has heard, and what is wrong with it |
//! | [`audit`] | what stands in Redis meanwhile and in the end |
//! | [`oracle`], [`wrong`] | what is wrong with a search |
//! | [`verdict`] | the counts |

#![expect(clippy::expect_used, reason = "a test program panics where it can't go on")]

mod airlines;
mod audit;
mod config;
mod follower;
mod journal;
mod kind;
mod load;
mod oracle;
mod plan;
mod site;
mod store;
mod story;
mod trouble;
mod verdict;
mod wrong;

use std::{collections::HashMap, process::ExitCode};

use tokio::time::Instant;

use crate::{
    airlines::Airlines, audit::Auditor, config::Config, journal::Journal, load::Load, oracle::Oracle,
    plan::Plan, site::Site, verdict::Verdict,
};

fn main() -> ExitCode {
    match plan::asked_for() {
        plan::Asked::List => {
            println!("chaos: test");
            ExitCode::SUCCESS
        }
        plan::Asked::SomethingElse => {
            println!("0 passed, 0 failed");
            ExitCode::SUCCESS
        }
        plan::Asked::Run => {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let plans = Plan::from_env();
            let all = plans.len();
            let failed: Vec<_> = plans
                .into_iter()
                .filter(|plan| !runtime.block_on(run(*plan)))
                .map(|plan| plan.seed)
                .collect();
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
async fn run(plan: Plan) -> bool {
    let config = Config::draw(plan);
    println!("{config}");
    let airlines = Airlines::start(&config).await;
    let mut site = Site::start(&config, &airlines).await;
    let auditor = Auditor::start(site.audited.addr());
    let load = Load::new(&config, site.clients());
    let journal = Journal::new(config.slow_to_notice());

    let until = plan.until();
    tokio::join!(trouble::befall(&mut site, &config, &journal, until), load.press(until));
    println!("{journal}");
    let calm = Instant::now();
    let searches = load.finish().await;
    let ids = searches.iter().filter(|_| !config.is_lossy).map(|search| search.id.as_str());
    let news = &auditor.finish(ids, calm + config.deadline + load::MARGIN).await;
    let left_behind = audit::left_behind(&site).await;
    let dead_letters = &audit::dead_letters(&site).await;

    let mut calls = HashMap::<_, Vec<_>>::new();
    for call in airlines.calls() {
        calls.entry(call.key.clone()).or_default().push(call);
    }
    let oracle = Oracle { config: &config, journal: &journal, news, dead_letters, calls, calm };
    let verdict = Verdict::of(&searches, &oracle, left_behind, site.crashes());
    println!("{verdict}");
    if !verdict.holds() {
        println!("{}", verdict.details(&site));
        println!("the seed was {}", plan.seed);
    }
    verdict.holds()
}
