//! TLS to Redis (`rediss://`) and to suppliers (`https://`), with a certificate that the services trust.
//!
//! `SSL_CERT_FILE` replaces the system's trusted certificates.

use std::{
    fmt::Write as _,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use axum::{Json, Router, routing::get};
use serde_json::json;
use tempfile::NamedTempFile;
use test_kit::{Redis, Service, System, eventually};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

/// A certificate for `localhost`, and the file that makes a service trust it.
struct Certificate {
    config: Arc<ServerConfig>,
    file: NamedTempFile,
}

impl Certificate {
    fn new() -> Self {
        let generated = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(generated.cert.pem().as_bytes()).unwrap();
        let key = PrivateKeyDer::try_from(generated.signing_key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(ring::default_provider().into());
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = config.with_single_cert(vec![generated.cert.der().clone()], key).unwrap();
        Self { config: config.into(), file }
    }

    fn path(&self) -> &str {
        self.file.path().to_str().unwrap()
    }
}

/// A proxy that terminates TLS for a server without it.
struct Proxy {
    port: u16,
    accepted: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start(certificate: &Certificate, server: String) -> Self {
        let acceptor = TlsAcceptor::from(Arc::clone(&certificate.config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (accepted, refused) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counts = (Arc::clone(&accepted), Arc::clone(&refused));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (acceptor, server, counts) = (acceptor.clone(), server.clone(), counts.clone());
                tokio::spawn(async move {
                    let Ok(mut client) = acceptor.accept(connection).await else {
                        counts.1.fetch_add(1, Relaxed);
                        return;
                    };
                    counts.0.fetch_add(1, Relaxed);
                    let mut server = TcpStream::connect(server).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { port, accepted, refused }
    }

    fn accepted(&self) -> usize {
        self.accepted.load(Relaxed)
    }

    fn redis_addr(&self) -> String {
        format!("rediss://localhost:{}", self.port)
    }
}

async fn airline() -> String {
    let offer = json!({"flight": "XX1", "price": 900_000, "at": "2025-07-10T06:05:00+07:00", "minutes": 110});
    let router = Router::new().route("/", get(move || async move { Json(json!([offer])) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    addr
}

fn suppliers(url: &str) -> NamedTempFile {
    let mut text = format!("[[supplier]]\ncode = 'XX'\nname = 'Example'\nkind = 'http'\nurl = '{url}'\n");
    text.push_str("[supplier.response]\noffers = ''\n");
    for (key, pointer) in [
        ("flight_number", "/flight"),
        ("price", "/price"),
        ("departure", "/at"),
        ("duration_minutes", "/minutes"),
    ] {
        writeln!(text, "{key} = '{pointer}'").unwrap();
    }
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_ends_over_tls_to_redis_and_to_the_supplier() {
    let certificate = Certificate::new();
    let redis = Redis::volatile().await;
    let to_redis = Proxy::start(&certificate, redis.addr()).await;
    let to_airline = Proxy::start(&certificate, airline().await).await;
    let file = suppliers(&format!("https://localhost:{}/", to_airline.port));
    let system = System::builder()
        .set("REDIS_ADDR", &to_redis.redis_addr())
        .set("SSL_CERT_FILE", certificate.path())
        .set("SUPPLIERS_FILE", file.path().to_str().unwrap())
        .start_on(redis)
        .await;
    let client = system.client();
    let end = client.result(&client.submit().await).await.json();
    assert_eq!((&end["status"], &end["results"][0]["flight_number"]), (&json!("completed"), &json!("XX1")));
    assert!(to_redis.accepted() >= 2, "gateway and worker reach Redis over TLS");
    assert_eq!(to_airline.accepted(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_to_a_redis_with_an_untrusted_certificate() {
    let (certificate, untrusted) = (Certificate::new(), Certificate::new());
    let redis = Redis::volatile().await;
    for name in ["main-service", "provider-service"] {
        let proxy = Proxy::start(&certificate, redis.addr()).await;
        let settings = [
            ("REDIS_ADDR", proxy.redis_addr()),
            ("SSL_CERT_FILE", untrusted.path().to_owned()),
            ("APP_PORT", test_kit::wait::free_port().to_string()),
        ];
        let _service = Service::start(name, &settings.map(|(name, value)| (name.to_owned(), value)));
        eventually("the service has refused", async || (proxy.refused.load(Relaxed) > 1).then_some(())).await;
        assert_eq!(proxy.accepted(), 0, "{name}");
    }
}
