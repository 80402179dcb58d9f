//! Commands about a search that has been submitted.
//!
//! | module | command |
//! | --- | --- |
//! | `offer` | `offer`, and how an offer is named on the command line |
//! | `check` | `check` |

mod check;
mod offer;

use crate::{
    args::{CancelArgs, FollowArgs},
    client::Client,
    error::ClientError,
    exit::Exit,
    follow, output,
    run::Shown,
    signal::ctrl_c,
    text::clean,
    watch::Watch,
};
pub(crate) use check::check;
pub(crate) use offer::offer;

/// Follows a search to its end. Returns the exit code.
pub(crate) async fn follow(args: FollowArgs) -> Exit {
    let FollowArgs { id, show, gateway } = &args;
    let opened = async {
        let client = Client::new(gateway.url.clone())?;
        let state = client.state(*id).await?;
        Ok::<_, ClientError>((client, state))
    };
    let (client, state) = match opened.await {
        Ok(opened) => opened,
        Err(error) => return error.print(),
    };
    let mut watch = Watch::new(state.title(), &[], show.json);
    let shown = Shown { id: *id, currency: state.currency(), show: *show, gateway };
    watch.expect(state.asked);
    let followed = tokio::select! {
        end = follow::follow(&client, *id, &mut watch) => end.map(Some),
        () = ctrl_c() => Ok(None),
    };
    match followed {
        Ok(end) => shown.print(end, &mut watch),
        Err(error) => watch.progress.fail(&error),
    }
}

/// Cancels a search. Returns the exit code.
pub(crate) async fn cancel(args: CancelArgs) -> Exit {
    let cancelled = async { Client::new(args.gateway.url)?.cancel(args.id).await };
    match cancelled.await {
        Ok(sentence) => {
            output::print(&format!("{}.\n", clean(&sentence)));
            Exit::Found
        }
        Err(error) => error.print(),
    }
}
