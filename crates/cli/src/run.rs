//! One search from the first byte to the exit code.

use std::{future::pending, io::Write, time::Duration};

use console::Term;
use contracts::{SearchId, SearchRequest};
use indicatif::ProgressDrawTarget;
use uuid::Uuid;

use crate::{
    args::Args, client::Client, exit::Exit, follow::follow, patience::Patience, progress::Progress,
    story::End, table, text, trouble::Trouble,
};

/// How often a search is submitted to a server that is too busy to take it.
const TRIES: u32 = 4;
/// The pause after the first time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Runs the command to its end.
pub(crate) async fn run(args: Args) -> Exit {
    let search = match args.search() {
        Ok(search) => search,
        Err(error) => error.exit(),
    };
    let mut progress = Progress::new(ProgressDrawTarget::stderr(), title(&search), &search.suppliers);
    match to_its_end(&args, &search, &mut progress).await {
        Ok(Some(end)) => {
            progress.ended(&end);
            print(&args, &end);
            Exit::of(end.status, end.offers.len())
        }
        Ok(None) => Exit::Interrupted,
        Err(trouble) => {
            progress.close();
            progress.notice(&format!("flight-search: {trouble}"));
            trouble.exit()
        }
    }
}

/// Submits and follows a search; `None` if Ctrl-C came first.
async fn to_its_end(
    args: &Args,
    search: &SearchRequest,
    progress: &mut Progress,
) -> Result<Option<End>, Trouble> {
    let client = Client::new(args.url.clone())?;
    let id = tokio::select! {
        id = submit(&client, search, progress) => id?,
        () = interrupted() => {
            progress.interrupted();
            return Ok(None);
        }
    };
    tokio::select! {
        end = follow(&client, id, progress) => return end.map(Some),
        () = interrupted() => {}
    }
    progress.interrupted();
    cancel(&client, id, progress).await;
    Ok(None)
}

async fn submit(client: &Client, search: &SearchRequest, progress: &Progress) -> Result<SearchId, Trouble> {
    let key = Uuid::new_v4();
    let mut patience = Patience::new(TRIES, FIRST_PAUSE);
    loop {
        let trouble = match client.submit(search, key).await {
            Ok(id) => return Ok(id),
            // Nobody there to begin with: more likely a wrong address than a restart.
            Err(trouble @ Trouble::Unreachable { .. }) => return Err(trouble),
            Err(trouble) if trouble.is_passing() => trouble,
            Err(trouble) => return Err(trouble),
        };
        let Some(pause) = patience.after_failure() else { return Err(trouble) };
        let pause = pause.max(trouble.retry_after());
        progress.notice(&format!("{trouble}; trying again in {}", text::seconds(pause)));
        tokio::time::sleep(pause).await;
    }
}

async fn cancel(client: &Client, id: SearchId, progress: &Progress) {
    tokio::select! {
        cancelled = client.cancel(id) => match cancelled {
            Ok(false) => progress.notice("search cancelled"),
            Ok(true) => progress.notice("search left; other clients still follow it"),
            Err(trouble) => progress.notice(&format!("the search could not be cancelled: {trouble}")),
        },
        () = interrupted() => {}
    }
}

/// Ends with the next Ctrl-C.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}

fn title(search: &SearchRequest) -> String {
    let query = &search.query;
    let travellers = text::count(query.passengers.get().into(), "passenger");
    format!("{} → {}, {}, {travellers}", query.origin, query.destination, query.date)
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
    // Who closed the pipe has seen enough; the exit code still tells how the search went.
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}
