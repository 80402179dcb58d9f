use contracts::check::{CheckOutcome, CheckResult, Total};

use super::offer::find;
use crate::{
    args::CheckArgs, client::Client, error::ClientError, event::End, exit::Exit, follow::follow, output,
    signal::ctrl_c, text, watch::Watch,
};

/// Asks a seller for its price of an offer now. Returns the exit code.
pub(crate) async fn check(args: CheckArgs) -> Exit {
    let CheckArgs { id, offer, supplier, fare_brand, json, gateway } = &args;
    let submitted = async {
        let client = Client::new(gateway.url.clone())?;
        let offer = find(&client, *id, offer).await?;
        let check = client.check((*id, offer), supplier, fare_brand.as_deref()).await?;
        Ok::<_, ClientError>((client, check))
    };
    let (client, check) = match submitted.await {
        Ok(submitted) => submitted,
        Err(error) => return error.print(),
    };
    let mut watch = Watch::new(format!("{offer} from {supplier}"), std::slice::from_ref(supplier), *json);
    tokio::select! {
        end = follow(&client, check, &mut watch) => match end {
            Ok(end) => {
                watch.progress.close();
                print(&end, *json)
            }
            Err(error) => watch.progress.fail(&error),
        },
        () = ctrl_c() => {
            watch.progress.interrupt();
            let option = gateway.option();
            watch.progress.print(&format!("The check goes on. To follow it: flight-search follow {check}{option}"));
            Exit::Interrupted
        }
    }
}

fn print(end: &End, json: bool) -> Exit {
    let Some(result) = end.details.as_ref().and_then(|details| details.check.as_deref()) else {
        return ClientError::InvalidResponse("the check ended without an outcome".into()).print();
    };
    if json {
        output::json_line(&end.json);
    } else {
        output::print(&sentence(result));
    }
    match result.outcome {
        CheckOutcome::Same | CheckOutcome::Changed => Exit::Found,
        CheckOutcome::Gone => Exit::NoneFound,
        CheckOutcome::Unknown => Exit::Unsuccessful,
    }
}

fn sentence(result: &CheckResult) -> String {
    let CheckResult { supplier, fare_brand, outcome, before, now, .. } = result;
    let fare = fare_brand.as_deref().map_or_else(String::new, |brand| format!(" ({})", text::clean(brand)));
    let total = |total: &Total| text::money(total.total, total.currency);
    let was = total(before);
    match (outcome, now) {
        (CheckOutcome::Same, _) => format!("{supplier} still asks for {was}{fare}.\n"),
        (CheckOutcome::Changed, Some(now)) => {
            format!("{supplier} now asks for {}{fare}, and no longer for {was}.\n", total(now))
        }
        (CheckOutcome::Changed, None) => format!("{supplier} no longer asks for {was}{fare}.\n"),
        (CheckOutcome::Gone, _) => format!("{supplier} no longer sells this offer{fare}. It was {was}.\n"),
        (CheckOutcome::Unknown, _) => {
            format!("{supplier} did not answer, so its price now is not known. It was {was}{fare}.\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(outcome: &str, now: &str) -> String {
        let json = format!(
            r#"{{"search_id":"7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11","offer_id":"cfc5170ad15e9f58","supplier":"QZ",
            "fare_brand":"Lite","outcome":"{outcome}","before":{{"total":"1716000","currency":"IDR"}}{now}}}"#
        );
        sentence(&serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn each_outcome_has_a_sentence() {
        assert_eq!(shown("same", ""), "QZ still asks for Rp 1.716.000 (Lite).\n");
        let now = r#","now":{"total":"112.50","currency":"USD"}"#;
        assert_eq!(
            shown("changed", now),
            "QZ now asks for USD 112.50 (Lite), and no longer for Rp 1.716.000.\n"
        );
        assert_eq!(shown("gone", ""), "QZ no longer sells this offer (Lite). It was Rp 1.716.000.\n");
        assert!(shown("unknown", "").starts_with("QZ did not answer"));
    }
}
