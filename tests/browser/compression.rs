//! A browser gets streams compressed, and its `EventSource` has each event when it arrives.

use crate::{
    browser::Look,
    page::{Page, very_slow},
};

#[tokio::test]
async fn an_event_source_reads_a_compressed_stream_as_it_comes() {
    let system = very_slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    let client = system.client();
    let id = client.submit().await;
    let stream = format!("/api/flights/search/{id}/stream?partials=true");
    let coding = format!(
        "fetch('{stream}').then((response) => {{
            response.body.cancel();
            return response.headers.get('content-encoding');
        }})"
    );
    assert_eq!(page.browser.eval(&coding).await, "gzip");

    // The data of the next event with this name.
    let next = |name: &str| {
        format!(
            "new Promise((done) => {{
                const source = new EventSource('{stream}');
                source.addEventListener('{name}', (event) => {{ source.close(); done(event.data); }});
            }})"
        )
    };
    let partial = page.browser.eval(&next("partial")).await;
    assert_eq!(client.state(&id).await.1["data"]["status"], "processing");
    client.cancel(&id).await;
    let end = page.browser.eval(&next("message")).await;
    let events = client.follow_partials(&id).await.all().await;
    assert_eq!(partial, events[0].data);
    assert_eq!(end, events.last().unwrap().data);
}
