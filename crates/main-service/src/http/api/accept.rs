//! Accepts searches and price checks: everything from a valid request to its submission.

use std::time::Duration;

use axum::http::HeaderMap;
use broker::{BrokerError, Submission};
use contracts::{
    Fingerprint, PriceCheck, SearchId, SearchQuery, SearchRequest,
    entry::{Job, JobTimes},
    envelope::Warning,
};
use traces::Span;

use super::{health::warning, idempotency};
use crate::http::problem::Problem;
use crate::{app::App, spans};

/// What a POST asks for.
pub(super) enum Wanted {
    Search(SearchRequest),
    Check {
        /// Of the search that found the offer.
        query: Box<SearchQuery>,
        check: Box<PriceCheck>,
        /// The same for the same request.
        fingerprint: Fingerprint,
    },
}

/// A search or a price check that has been accepted.
pub(super) struct Accepted {
    pub(super) id: SearchId,
    pub(super) warnings: Vec<Warning>,
}

/// Submits what is wanted, or finds an earlier submission that it may share.
pub(super) async fn accept(
    app: &App,
    headers: &HeaderMap,
    wanted: Wanted,
    span: &mut Span,
) -> Result<Accepted, Problem> {
    if app.health.fitness.failing().is_some() {
        return Err(Problem::Unfit);
    }
    let has_room = app.health.fitness.has_room();
    let permit = app.backlog.permit(app.config.most_waiting()).filter(|_| has_room);

    // A check asks for the price now, so it shares no earlier one.
    let window = match wanted {
        Wanted::Search(_) => Duration::from_secs(app.config.coalesce_secs),
        Wanted::Check { .. } => Duration::ZERO,
    };
    let sharing = idempotency::wanted(headers, window, || wanted.fingerprint(), permit.is_some())?;
    let submit = async {
        let mut job = job(app, wanted).await?;
        let is_refused = sharing.is_none() && permit.is_none();
        if is_refused {
            return Ok((job, Submission::Refused));
        }
        let mut publish = spans::publish(span, job.search_id);
        job.trace = publish.position().cloned();
        let submission = app.acceptance.submit(&job, sharing.as_ref()).await;
        spans::published(&mut publish, &submission);
        Ok((job, submission?))
    };
    let (job, submission) = app.acceptance.with_timeout(submit).await.map_err(failed)?;
    app.metrics.submitted(submission);
    let id = match submission {
        Submission::New => {
            if let Some(permit) = permit {
                permit.keep();
            }
            log_accepted(&job, span);
            job.search_id
        }
        Submission::Again(earlier) | Submission::Shared(earlier) => {
            let trace_id = span.trace_id().map(tracing::field::display);
            tracing::info!(search_id = %earlier, trace_id, "search shared");
            earlier
        }
        Submission::KeyReused => return Err(Problem::KeyReused),
        Submission::Refused => return Err(if has_room { Problem::Backlog } else { Problem::StorageFull }),
    };
    span.set_text("flight_search.search_id", &id);
    Ok(Accepted { id, warnings: app.health.fitness.no_worker().map(warning).into_iter().collect() })
}

impl Wanted {
    fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Search(request) => request.fingerprint(),
            Self::Check { fingerprint, .. } => *fingerprint,
        }
    }
}

fn failed(error: BrokerError) -> Problem {
    match error {
        // Redis answers, but its configuration can't keep what `ACCEPT_DURABILITY` promises.
        BrokerError::NotDurable(error) => Problem::NotReady(error.reason().into()),
        error => error.into(),
    }
}

fn log_accepted(job: &Job, span: &Span) {
    let trace_id = span.trace_id().map(tracing::field::display);
    if let Some(check) = &job.check {
        let PriceCheck { search_id, offer_id, supplier, .. } = &**check;
        tracing::info!(search_id = %job.search_id, of = %search_id, %offer_id, %supplier, trace_id, "price check accepted");
        return;
    }
    let query = &job.query;
    let first = query.first();
    tracing::info!(
        search_id = %job.search_id,
        from = %first.origin(),
        to = %first.destination(),
        date = %first.date(),
        slices = query.slices.iter().count(),
        passengers = query.passengers.travellers(),
        trace_id,
        "search accepted"
    );
}

async fn job(app: &App, wanted: Wanted) -> Result<Job, BrokerError> {
    let (request, check) = match wanted {
        Wanted::Search(request) => (request, None),
        Wanted::Check { query, check, .. } => {
            let suppliers = [check.supplier.clone()].into_iter().collect();
            (SearchRequest { query: *query, suppliers, timeout: None }, Some(check))
        }
    };
    let longest = app.config.common.search_deadline_ms;
    let created = app.broker.now().await?;
    let deadline = created + request.timeout.map_or(longest, |timeout| timeout.duration().min(longest));
    Ok(Job { check, ..Job::new(SearchId::random(), request, JobTimes { created, deadline }) })
}
