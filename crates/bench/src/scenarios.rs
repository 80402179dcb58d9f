//! The work to measure. Each run starts with an empty Redis and new processes.

mod in_progress;
mod jobs;
mod round_trip;
mod shared;
mod streams;
mod submit;
mod traces;
mod trips;

use crate::{
    args::{Args, Scenario},
    report::{Figures, Side},
    stage::{Kind, Stage},
};

pub(crate) use shared::{as_f64, each_us, suppliers};
pub(crate) use streams::open;
pub(crate) use submit::load;

/// Runs the selected scenarios in turn, several times, so that other load on the machine affects all of them alike.
pub(crate) async fn run(stage: &mut Stage, args: &Args) -> Figures {
    let sizes = args.sizes();
    let mut figures = Figures::default();
    for run in 1..=sizes.runs {
        eprintln!("run {run} of {}", sizes.runs);
        for (kind, side) in [(Kind::Product, Side::Product), (Kind::Floor, Side::Floor)] {
            if args.wants(Scenario::Submit) {
                submit::run(stage, kind, sizes.submits)
                    .await
                    .into_iter()
                    .for_each(|(m, v)| figures.add(m, side, v));
            }
            if args.wants(Scenario::Streams) {
                streams::run(stage, kind, sizes.streams)
                    .await
                    .into_iter()
                    .for_each(|(m, v)| figures.add(m, side, v));
            }
        }
        if args.wants(Scenario::Traces) {
            for (metric, side, value) in traces::run(stage, sizes.submits / 2, sizes.jobs / 2).await {
                figures.add(metric, side, value);
            }
        }
        if args.wants(Scenario::Trips) {
            for (metric, side, value) in trips::run(stage, sizes.trips).await {
                figures.add(metric, side, value);
            }
        }
        let mut add =
            |measured: Vec<_>| measured.into_iter().for_each(|(m, v)| figures.add(m, Side::Product, v));
        // It takes as long as all others together, and its figures differ by less than one per cent.
        if args.wants(Scenario::InProgress) && run % 3 == 1 {
            add(in_progress::run(stage, sizes.in_progress).await);
        }
        if args.wants(Scenario::Jobs) {
            add(jobs::run(stage, sizes.jobs).await);
        }
        if args.wants(Scenario::RoundTrip) {
            add(round_trip::run(stage, sizes.round_trips).await);
        }
    }
    figures
}
