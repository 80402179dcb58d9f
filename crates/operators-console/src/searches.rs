use std::sync::Arc;

use axum::extract::{Path, State};
use contracts::{
    SearchId,
    operators::{SearchHistory, SearchList},
};

use crate::{
    path,
    problem::{Answer, Problem, ask},
    state::Console,
};

/// `GET /api/searches`.
pub(crate) async fn list(State(console): State<Arc<Console>>) -> Answer<SearchList> {
    ask(&console.broker, "Recent searches", async { Ok(console.broker.recent_searches().await?) }).await
}

/// `GET /api/searches/{id}`.
pub(crate) async fn history(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
) -> Answer<SearchHistory> {
    let id: SearchId = path::parse(&id, "search id", path::SEARCH)?;
    let read = async {
        console.broker.search_history(id).await?.ok_or_else(|| {
            let message = "there is no record of this search: it never existed, or has expired \
                 (RECORD_TTL_SECS after its end); its lines are in the log";
            Problem::NotFound("no_such_search", message.into())
        })
    };
    ask(&console.broker, "History", read).await
}
