use std::fmt::Write;

use suppliers::{LeftOut, Received, Sent, SupplierClient, Transcript, Trial, TrialOutcome};

use super::{hide::Hider, offer};

/// The whole report.
pub(super) fn trial(client: &SupplierClient, trial: &Trial, hider: &Hider) -> String {
    let Trial { transcript, took, outcome } = trial;
    let mut text = format!("{} ({})\n", client.code(), client.name());
    if let TrialOutcome::Skipped(reason) = outcome {
        let _ = writeln!(text, "\nNot asked: {reason}");
        return text;
    }
    sent(&mut text, transcript.sent.as_ref(), hider);
    received(&mut text, transcript.received.as_ref(), took.as_millis(), hider);
    offers(&mut text, transcript, hider);
    match outcome {
        TrialOutcome::Failed(cause) => {
            let _ = writeln!(text, "\nFailed: {}", hider.text(cause));
        }
        TrialOutcome::Answered { itineraries, left_out } => {
            let _ = writeln!(text, "\nItineraries: {itineraries}, offers left out: {left_out}");
        }
        TrialOutcome::Skipped(_) => {}
    }
    text
}

fn sent(text: &mut String, sent: Option<&Sent>, hider: &Hider) {
    let Some(Sent { method, url, headers, body }) = sent else {
        text.push_str("\nSent: nothing\n");
        return;
    };
    let _ = writeln!(text, "\nSent:\n  {method} {}", hider.url(url));
    for (name, value) in headers {
        let _ = writeln!(text, "  {name}: {}", hider.value(name, value));
    }
    if let Some(body) = body {
        indented(text, &hider.body(body));
    }
}

fn received(text: &mut String, received: Option<&Received>, millis: u128, hider: &Hider) {
    let Some(Received { status, content_type, bytes, beginning }) = received else {
        let _ = writeln!(text, "\nReceived after {millis} ms: nothing");
        return;
    };
    let content_type = content_type.as_deref().unwrap_or("no content type");
    let _ = writeln!(text, "\nReceived after {millis} ms:\n  status {status}, {content_type}, {bytes} bytes");
    json(text, beginning, *bytes > beginning.len(), hider);
}

fn offers(text: &mut String, transcript: &Transcript, hider: &Hider) {
    if !transcript.read.is_empty() {
        text.push_str("\nRead (the first offers):\n");
    }
    for (index, offer) in &transcript.read {
        let lines = offer::lines(offer).join("\n    ");
        let _ = writeln!(text, "  offer {index}: {}", hider.text(&lines));
    }
    if !transcript.left_out.is_empty() {
        text.push_str("\nLeft out (the first offers):\n");
    }
    for LeftOut { reason, json: offer } in &transcript.left_out {
        let _ = writeln!(text, "  {}", hider.text(reason));
        json(text, offer, false, hider);
    }
    if !transcript.left_out_parts.is_empty() {
        text.push_str("\nParts left out of offers (the first ones):\n");
    }
    for reason in &transcript.left_out_parts {
        let _ = writeln!(text, "  {}", hider.text(reason));
    }
}

/// The beginning of a JSON text.
fn json(text: &mut String, beginning: &[u8], is_longer: bool, hider: &Hider) {
    if !beginning.is_empty() {
        let rest = if is_longer { " …" } else { "" };
        indented(text, &format!("{}{rest}", hider.text(String::from_utf8_lossy(beginning).trim())));
    }
}

fn indented(text: &mut String, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(text, "  {line}");
    }
}
