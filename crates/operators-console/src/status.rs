use std::sync::Arc;

use axum::{Json, extract::State};
use broker::BrokerError;
use contracts::{
    envelope::Success,
    operators::{Notice, RedisState, Status},
};
use service::{Alert, redis_errors, redis_warnings};

use crate::{
    problem::{Answer, Problem, ask},
    state::Console,
};

/// `GET /api/status`. Answers also while Redis does not, with what is known without it.
pub(crate) async fn get(State(console): State<Arc<Console>>) -> Answer<Status> {
    let read = read(&console);
    let Ok(Json(status)) = ask(&console.broker, "Status", async { Ok(read.await) }).await else {
        let mut status = empty(&console);
        status.unread.push(Notice::new("redis_unavailable", "Redis does not answer"));
        return Ok(Json(Success::new("Status", status)));
    };
    Ok(Json(status))
}

fn empty(console: &Console) -> Status {
    let problems = (console.problems)();
    Status {
        service: console.service.to_owned(),
        version: service::VERSION.to_owned(),
        read_at: None,
        problems: problems.into_iter().map(|problem| Notice::new(problem.code, problem.message)).collect(),
        warnings: notices((console.warnings)()),
        unread: Vec::new(),
        redis: None,
        queue: None,
        workers: None,
        gateways: None,
        open_searches: None,
        dead_letters: None,
    }
}

async fn read(console: &Console) -> Status {
    let mut status = empty(console);
    let broker = &console.broker;
    let (now, redis, queue, workers, gateways, open_searches, dead_letters) = tokio::join!(
        broker.now(),
        broker.redis_state(),
        broker.queue(),
        broker.worker_counts(),
        broker.gateways(),
        broker.open_searches(),
        broker.dead_letter_count(),
    );
    let mut unread = Unread::default();
    status.read_at = unread.or_none(now);
    status.redis = unread.or_none(redis).map(|(state, checkup)| {
        let alerts = [redis_errors(&checkup), redis_warnings(&checkup), trouble(&state)].concat();
        add_new(&mut status.warnings, notices(alerts));
        state
    });
    status.queue = unread.or_none(queue);
    status.workers = unread.or_none(workers);
    status.gateways = unread.or_none(gateways);
    status.open_searches = unread.or_none(open_searches);
    status.dead_letters = unread.or_none(dead_letters);
    status.unread = unread.notices(console).await;
    status
}

/// What the checks of a service leave out.
fn trouble(state: &RedisState) -> Vec<Alert> {
    let mut alerts = Vec::new();
    if state.append_only && !state.append_only_ok {
        alerts.push(Alert::new(
            "redis_append_failed",
            "Redis could not write its append-only file: look at its log and its disk",
        ));
    }
    if state.clock_skew_ms.unsigned_abs() >= 1000 {
        let message = format!(
            "this host's clock differs from Redis' by {} ms; deadlines go by Redis', but logs can't be compared",
            state.clock_skew_ms
        );
        alerts.push(Alert::new("clock_differs", message));
    }
    alerts
}

/// What could not be read.
#[derive(Default)]
struct Unread {
    is_forbidden: bool,
    others: Vec<Notice>,
}

impl Unread {
    fn or_none<T>(&mut self, read: Result<T, BrokerError>) -> Option<T> {
        match read {
            Ok(value) => return Some(value),
            Err(BrokerError::Forbidden(_)) => self.is_forbidden = true,
            Err(error) => {
                let (code, message) = Problem::from(error).notice();
                add_new(&mut self.others, vec![Notice::new(code, message)]);
            }
        }
        None
    }

    async fn notices(mut self, console: &Console) -> Vec<Notice> {
        if self.is_forbidden {
            let problem = crate::problem::explain(&console.broker, "a command".into()).await;
            let (code, message) = problem.notice();
            self.others.push(Notice::new(code, message));
        }
        self.others
    }
}

fn notices(alerts: Vec<Alert>) -> Vec<Notice> {
    alerts.into_iter().map(|alert| Notice::new(alert.code, alert.message)).collect()
}

/// Adds those whose code is new.
fn add_new(notices: &mut Vec<Notice>, further: Vec<Notice>) {
    for notice in further {
        if notices.iter().all(|known| known.code != notice.code) {
            notices.push(notice);
        }
    }
}
