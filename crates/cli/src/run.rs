//! Runs a search: submits it, follows it, prints the result.

use std::time::Duration;

use clap::{CommandFactory, error::ErrorKind};
use contracts::{Currency, SearchId, SearchRequest, envelope::Submitted};
use uuid::Uuid;

use crate::{
    args::{Cli, GatewayArgs, SearchArgs, ShowArgs},
    client::Client,
    error::ClientError,
    event::{End, ListedOffer},
    exit::Exit,
    follow::follow,
    output,
    retry::Retry,
    short_id::Digits,
    signal::ctrl_c,
    summary,
    table::{self, About},
    text, title,
    watch::Watch,
};

/// Attempts to submit a search to a busy server.
const MAX_FAILURES: usize = 4;
/// The pause after the first attempt.
const MIN_DELAY: Duration = Duration::from_millis(500);
/// How long the search may wait for the names of its suppliers, which only its progress shows.
const NAMES_TIMEOUT: Duration = Duration::from_secs(2);

/// Submits a search and follows it to its end. Returns the exit code.
pub(crate) async fn run(args: SearchArgs) -> Exit {
    let search = match args.search() {
        Ok(search) => search,
        Err(error) => Cli::command().error(ErrorKind::ValueValidation, error).exit(),
    };
    let mut watch = Watch::new(title::of_request(&search), &search.suppliers, args.show.json);
    for guess in args.guesses() {
        watch.progress.print(guess);
    }
    let followed = submit_and_follow(&args, &search, &mut watch).await;
    followed.unwrap_or_else(|error| watch.progress.fail(&error.about_arguments(|field| args.argument(field))))
}

async fn submit_and_follow(
    args: &SearchArgs,
    search: &SearchRequest,
    watch: &mut Watch,
) -> Result<Exit, ClientError> {
    let client = Client::new(args.gateway.url.clone())?;
    let Submitted { search_id, warnings, .. } = tokio::select! {
        submitted = submit(&client, search, watch) => submitted?,
        () = ctrl_c() => {
            watch.progress.interrupt();
            return Ok(Exit::Interrupted);
        }
    };
    for warning in warnings {
        watch.progress.print(&text::clean(&warning.message));
    }
    let currency = search.query.currency.unwrap_or_default();
    let followed = tokio::select! {
        end = async {
            name_suppliers(&client, search_id, watch).await;
            follow(&client, search_id, watch).await
        } => Some(end?),
        () = ctrl_c() => None,
    };
    Ok(Shown { id: search_id, currency, show: args.show, gateway: &args.gateway }.print(followed, watch))
}

async fn submit(client: &Client, search: &SearchRequest, watch: &Watch) -> Result<Submitted, ClientError> {
    let key = Uuid::new_v4();
    let mut retry = Retry::new(MAX_FAILURES, MIN_DELAY);
    loop {
        let error = match client.submit(search, key).await {
            Ok(submitted) => return Ok(submitted),
            // More likely a wrong address than a restart.
            Err(error @ ClientError::Unreachable { .. }) => return Err(error),
            Err(error) if error.is_transient() => error,
            Err(error) => return Err(error),
        };
        let Some(pause) = retry.next_delay() else { return Err(error) };
        let pause = pause.max(error.retry_after());
        watch.progress.print(&format!("{error}; trying again in {}", text::seconds(pause)));
        tokio::time::sleep(pause).await;
    }
}

/// Shows the suppliers by name. Without the names, they are only counted.
async fn name_suppliers(client: &Client, id: SearchId, watch: &mut Watch) {
    if let Ok(Ok(state)) = tokio::time::timeout(NAMES_TIMEOUT, client.state(id)).await {
        watch.expect(state.asked);
    }
}

/// A search that is shown.
pub(crate) struct Shown<'a> {
    /// Its id.
    pub(crate) id: SearchId,
    /// What its offers are ranked in.
    pub(crate) currency: Currency,
    /// How it is shown.
    pub(crate) show: ShowArgs,
    /// Where it is.
    pub(crate) gateway: &'a GatewayArgs,
}

impl Shown<'_> {
    /// Prints the end, or after Ctrl-C what has come so far. Returns the exit code.
    pub(crate) fn print(&self, end: Option<End>, watch: &mut Watch) -> Exit {
        if let Some(end) = end {
            watch.progress.finish(&end);
            self.print_end(&end);
            Exit::of(end.status, end.offers.len())
        } else {
            watch.progress.interrupt();
            self.print_so_far(watch);
            Exit::Interrupted
        }
    }

    fn print_end(&self, end: &End) {
        if self.show.json {
            return output::json_line(&end.json);
        }
        let (table, shown) = self.table(&end.offers);
        let summary = summary::of_end(end, shown, self.show.sort);
        output::print(&format!("{table}{summary}{}", self.offer_hint(&end.offers)));
    }

    fn print_so_far(&self, watch: &mut Watch) {
        if !self.show.json {
            let offers = watch.so_far.take_offers(self.currency);
            let (table, shown) = self.table(&offers);
            let summary = summary::so_far(&watch.so_far, (shown, offers.len()), self.show.sort);
            output::print(&format!("{table}{summary}{}", self.offer_hint(&offers)));
        }
        let (id, option) = (self.id, self.gateway.option());
        watch.progress.print(&format!(
            "The search goes on. To follow it: flight-search follow {id}{option}\n\
             To cancel it: flight-search cancel {id}{option}"
        ));
    }

    /// The table with a line between it and what follows, and its number of offers.
    fn table(&self, offers: &[ListedOffer]) -> (String, usize) {
        let mut sorted = self.show.sort.order(offers);
        sorted.truncate(self.show.rows());
        let about = About { ids: Digits::of(offers), currency: self.currency };
        let text = if sorted.is_empty() {
            String::new()
        } else {
            format!("{}\n\n", table::table(&sorted, about, output::width()))
        };
        (text, sorted.len())
    }

    /// How to see one of the offers in full, if they can be named.
    fn offer_hint(&self, offers: &[ListedOffer]) -> String {
        match self.show.sort.order(offers).first() {
            Some(ListedOffer::Full(offer)) if !offer.id.is_unset() => {
                let name = Digits::of(offers).short(offer.id);
                format!("An offer in full: flight-search offer {} {name}{}\n", self.id, self.gateway.option())
            }
            _ => String::new(),
        }
    }
}
