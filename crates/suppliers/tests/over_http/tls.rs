//! A server without a valid certificate is never sent a request.

use std::sync::Arc;

use axum::{Router, routing::get};
use contracts::SupplierStatus;
use tokio::{io::AsyncReadExt, net::TcpListener, sync::oneshot};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, pki_types::PrivateKeyDer},
};

use crate::{
    support::{http_client, status},
    test_server::TestServer,
};

#[tokio::test]
async fn a_server_without_tls_is_rejected() {
    let server = TestServer::start(Router::new().route("/", get(|| async {}))).await;
    let url = server.url.replace("http://", "https://");
    assert_eq!(status(&http_client(&url, "retries = 0")).await, SupplierStatus::Error);
    assert_eq!(server.calls.count(), 0);
}

#[tokio::test]
async fn a_self_signed_certificate_is_rejected() {
    let generated = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(generated.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![generated.cert.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let (sender, received) = oneshot::channel();
    tokio::spawn(async move {
        let (connection, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        if let Ok(mut tls) = acceptor.accept(connection).await {
            let _ = tls.read_to_end(&mut request).await;
        }
        let _ = sender.send(request);
    });

    let settings = "retries = 0\nheaders = { authorization = 'Bearer ${KEY}' }";
    assert_eq!(status(&http_client(&url, settings)).await, SupplierStatus::Error);
    assert!(received.await.unwrap().is_empty(), "the key was sent to an untrusted server");
}
