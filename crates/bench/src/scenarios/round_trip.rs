use tokio::time::Instant;

use crate::{
    client::Client,
    report::{Metric, percentile},
    scenarios::shared::suppliers,
    stage::{Kind, SEARCH, Stage},
};

pub(super) async fn run(stage: &Stage, count: usize) -> Vec<(Metric, f64)> {
    stage.clear().await;
    let mut worker = stage.worker(1000, 0).await;
    let mut gateway = stage.gateway(Kind::Product).await;
    let mut client = Client::connect(gateway.port).await;
    let codes: Vec<_> = suppliers().iter().map(|code| format!("{:?}", code.as_str())).collect();
    let search = SEARCH.replace('}', &format!(r#","suppliers":[{}]}}"#, codes.join(",")));
    let mut took = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        let id = client.submit(&search).await;
        client.follow(id, "", None).await;
        took.push((client.end().await - start).as_secs_f64() * 1e3);
    }
    gateway.service.kill().await;
    worker.kill().await;
    vec![
        (Metric::RoundTripP50, percentile(&took, 50).expect("a round trip")),
        (Metric::RoundTripP99, percentile(&took, 99).expect("a round trip")),
    ]
}
