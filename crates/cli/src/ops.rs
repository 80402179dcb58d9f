//! `flight-search ops`: what operators see and do, in a terminal. Uses the port of `METRICS_PORT`, which is never public.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`args`] | the command line |
//! | [`client`] | the operators' API |
//! | [`show`] | a text for each response |
//! | [`grid`] | tables |

pub(crate) mod args;
mod client;
mod grid;
mod show;

use std::io::Write;

use contracts::operators::{
    DeadLetter, DeadLetterPage, LogFilter, Replayed, SearchHistory, SearchList, Status, SupplierList,
    WorkerList,
};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{error::ClientError, exit::Exit};
use args::{DeadCommand, OpsArgs, OpsCommand};
use client::{OperatorsClient, Response};

/// Runs the command. Returns the exit code.
pub(crate) async fn run(args: OpsArgs) -> Exit {
    match answer(&args).await {
        Ok((text, exit)) => {
            let mut stdout = std::io::stdout().lock();
            // An error means that the reader closed the pipe. The exit code is still right.
            let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
            exit
        }
        Err(error) => error.print(),
    }
}

/// The output, and the exit code if all went well.
async fn answer(args: &OpsArgs) -> Result<(String, Exit), ClientError> {
    let client = OperatorsClient::new(args.operators_url.clone())?;
    let get = |path: String| client.request(Method::GET, path, None);
    let dead = "api/dead-letters";
    let done = Exit::Found;
    match &args.command {
        OpsCommand::Status => {
            let response = get("api/status".into()).await?;
            let status: Status = response.parse()?;
            let exit = if status.problems.is_empty() { done } else { Exit::Unsuccessful };
            Ok((output(args, &response, show::status)?, exit))
        }
        OpsCommand::Workers => {
            Ok((output::<WorkerList>(args, &get("api/workers".into()).await?, show::workers)?, done))
        }
        OpsCommand::Suppliers => {
            Ok((output::<SupplierList>(args, &get("api/suppliers".into()).await?, show::suppliers)?, done))
        }
        OpsCommand::Searches { id: None } => {
            Ok((output::<SearchList>(args, &get("api/searches".into()).await?, show::searches)?, done))
        }
        OpsCommand::Searches { id: Some(id) } => {
            let response = get(format!("api/searches/{id}")).await?;
            Ok((output::<SearchHistory>(args, &response, show::history)?, done))
        }
        OpsCommand::Dead(DeadCommand::List { before, limit }) => {
            let before = before.as_ref().map(|entry| format!("&before={entry}")).unwrap_or_default();
            let response = get(format!("{dead}?limit={limit}{before}")).await?;
            Ok((output::<DeadLetterPage>(args, &response, show::dead_letters)?, done))
        }
        OpsCommand::Dead(DeadCommand::Show { entry }) => {
            let response = get(format!("{dead}/{entry}")).await?;
            Ok((output::<DeadLetter>(args, &response, show::dead_letter)?, done))
        }
        OpsCommand::Dead(DeadCommand::Replay { entry }) => {
            let response = client.request(Method::POST, format!("{dead}/{entry}/replay"), None).await?;
            Ok((output::<Replayed>(args, &response, show::replayed)?, done))
        }
        OpsCommand::Dead(DeadCommand::Drop { entry }) => {
            let response = client.request(Method::DELETE, format!("{dead}/{entry}"), None).await?;
            Ok((output::<Value>(args, &response, |_| format!("Dropped {entry}.\n"))?, done))
        }
        OpsCommand::Log { filter } => {
            let response = match filter {
                None => get("log".into()).await?,
                Some(filter) => {
                    let body = LogFilter { filter: filter.clone() };
                    client.request(Method::PUT, "log".into(), Some(&body)).await?
                }
            };
            Ok((output::<LogFilter>(args, &response, |log| format!("{}\n", log.filter))?, done))
        }
    }
}

/// The data as received, on one line, or as text for people.
fn output<T: DeserializeOwned>(
    args: &OpsArgs,
    response: &Response,
    show: impl FnOnce(&T) -> String,
) -> Result<String, ClientError> {
    Ok(if args.json { format!("{}\n", response.json()) } else { show(&response.parse()?) })
}
