//! Chaos: a steady load of searches, while gateways, workers and Redis are killed, stopped and replaced at random.
//!
//! Whatever happens, every search that was accepted ends in exactly one terminal event, and every client that
//! asks sees it, with its partial answers in order if it wants them. The run ends with what was counted; where
//! something is wrong it tells what, and the seed with which to try again.
//!
//! `CHAOS_SECONDS` makes it longer than 30 s, `CHAOS_SEED` gives it the decisions of an earlier run.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`plan`] | how long, how much, from which seed |
//! | [`site`] | the processes, and where they are |
//! | [`trouble`] | what befalls them |
//! | [`load`] | searches, each with its clients |
//! | [`follower`] | one client, as an `EventSource` is |
//! | [`story`] | what a client has heard, and what is wrong with it |
//! | [`audit`] | what stands in Redis meanwhile and in the end |
//! | [`verdict`] | the counts |

#![expect(clippy::expect_used, reason = "a test program panics where it can't go on")]

mod audit;
mod follower;
mod load;
mod plan;
mod site;
mod story;
mod trouble;
mod verdict;

use std::process::ExitCode;

use plan::Plan;

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
            let holds = runtime.block_on(run(&Plan::from_env()));
            println!("{}", if holds { "1 passed, 0 failed" } else { "0 passed, 1 failed" });
            ExitCode::from(u8::from(!holds))
        }
    }
}

/// Runs the chaos and tells whether the promises held.
async fn run(plan: &Plan) -> bool {
    println!("{plan}");
    let mut site = site::Site::start().await;
    let auditor = audit::Auditor::start(site.redis.addr());
    let load = load::Load::new(plan, site.clients());

    let until = plan.until();
    let (troubles, ()) = tokio::join!(trouble::befall(&mut site, plan, until), load.press(until));
    println!("{troubles}");
    let searches = load.finish().await;
    let left_behind = audit::left_behind(&site).await;
    let dead_letters = audit::dead_letters(&site).await;
    let news = auditor.finish().await;

    let verdict = verdict::Verdict::of(&searches, &news, dead_letters, left_behind, site.crashes());
    println!("{verdict}");
    if !verdict.holds() {
        println!("{}", verdict.details(&site));
        println!("the seed was {}", plan.seed);
    }
    verdict.holds()
}
