//! Runs the command: submits a search, follows it, prints the result.

use std::{future::pending, io::Write, time::Duration};

use console::Term;
use contracts::{SearchId, SearchRequest};
use indicatif::ProgressDrawTarget;
use uuid::Uuid;

use crate::{
    args::Args, client::Client, error::ClientError, event::End, exit::Exit, follow::follow,
    progress::Progress, retry::Retry, table, text,
};

/// Attempts to submit a search to a busy server.
const MAX_FAILURES: usize = 4;
/// The pause after the first attempt.
const MIN_DELAY: Duration = Duration::from_millis(500);

/// Runs the command. Returns the exit code.
pub(crate) async fn run(args: Args) -> Exit {
    let search = match args.search() {
        Ok(search) => search,
        Err(error) => error.exit(),
    };
    let mut progress = Progress::new(ProgressDrawTarget::stderr(), title(&search), &search.suppliers);
    match submit_and_follow(&args, &search, &mut progress).await {
        Ok(Some(end)) => {
            progress.finish(&end);
            print(&args, &end);
            Exit::of(end.status, end.offers.len())
        }
        Ok(None) => Exit::Interrupted,
        Err(error) => {
            progress.close();
            progress.print(&format!("flight-search: {error}"));
            error.exit()
        }
    }
}

/// Submits and follows a search. `None` after Ctrl-C.
async fn submit_and_follow(
    args: &Args,
    search: &SearchRequest,
    progress: &mut Progress,
) -> Result<Option<End>, ClientError> {
    let client = Client::new(args.url.clone())?;
    let id = tokio::select! {
        id = submit(&client, search, progress) => id?,
        () = ctrl_c() => {
            progress.interrupt();
            return Ok(None);
        }
    };
    tokio::select! {
        end = follow(&client, id, progress) => return end.map(Some),
        () = ctrl_c() => {}
    }
    progress.interrupt();
    cancel(&client, id, progress).await;
    Ok(None)
}

async fn submit(
    client: &Client,
    search: &SearchRequest,
    progress: &Progress,
) -> Result<SearchId, ClientError> {
    let key = Uuid::new_v4();
    let mut retry = Retry::new(MAX_FAILURES, MIN_DELAY);
    loop {
        let error = match client.submit(search, key).await {
            Ok(id) => return Ok(id),
            // More likely a wrong address than a restart.
            Err(error @ ClientError::Unreachable { .. }) => return Err(error),
            Err(error) if error.is_transient() => error,
            Err(error) => return Err(error),
        };
        let Some(pause) = retry.next_delay() else { return Err(error) };
        let pause = pause.max(error.retry_after());
        progress.print(&format!("{error}; trying again in {}", text::seconds(pause)));
        tokio::time::sleep(pause).await;
    }
}

async fn cancel(client: &Client, id: SearchId, progress: &Progress) {
    tokio::select! {
        cancelled = client.cancel(id) => match cancelled {
            Ok(false) => progress.print("search cancelled"),
            Ok(true) => progress.print("left the search; it continues for other clients"),
            Err(error) => progress.print(&format!("can't cancel the search: {error}")),
        },
        () = ctrl_c() => {}
    }
}

/// Completes at the next Ctrl-C.
async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}

fn title(search: &SearchRequest) -> String {
    let query = &search.query;
    let travellers = text::count(query.passengers.travellers(), "passenger");
    let first = query.first();
    format!("{} → {}, {}, {travellers}", first.origin(), first.destination(), first.date())
}

fn print(args: &Args, end: &End) {
    let text = if args.json {
        format!("{}\n", end.json)
    } else {
        let screen = Term::stdout();
        let width =
            if screen.is_term() { screen.size_checked().map(|(_, columns)| columns.into()) } else { None };
        table::render(end, args.rows(), width)
    };
    let mut stdout = std::io::stdout().lock();
    // An error means that the reader closed the pipe. The exit code is still right.
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}
