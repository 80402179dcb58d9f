//! The check behind `main-service health` and `provider-service health`: images have neither a shell nor curl.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long a check may take. Below the 3 s after which Docker kills it, so that it can say what is wrong.
const LIMIT: Duration = Duration::from_secs(2);
/// The bytes of `HTTP/1.1 200`.
const STATUS_LENGTH: usize = 12;

/// Why a service does not count as alive, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Unhealthy {
    /// Nothing listens on the port.
    #[error("can't connect to port {port} ({source}); start the service, or set {setting} to its port")]
    NotListening {
        /// The port.
        port: u16,
        /// The setting that names the port.
        setting: &'static str,
        /// Why there is no connection.
        source: io::Error,
    },
    /// The response isn't HTTP.
    #[error("port {port} belongs to something that doesn't speak HTTP; set {setting} to the service's port")]
    NotHttp {
        /// The port.
        port: u16,
        /// The setting that names the port.
        setting: &'static str,
    },
    /// The response has a status other than 200.
    #[error(
        "/health/live on port {port} responded with {status}, not 200; see the service's log, or set {setting} to its \
         port"
    )]
    Status {
        /// The port.
        port: u16,
        /// The setting that names the port.
        setting: &'static str,
        /// The three digits.
        status: String,
    },
    /// No response in time.
    #[error("port {port} gave no response within {} s; see the service's log, and restart it if this lasts", LIMIT.as_secs())]
    Silent {
        /// The port.
        port: u16,
    },
}

/// Asks the service on this host for `/health/live`. `setting` is the name of the setting with its port.
pub async fn check_live(port: u16, setting: &'static str) -> Result<(), Unhealthy> {
    let status = timeout(LIMIT, async {
        let connection =
            connect(port).await.map_err(|source| Unhealthy::NotListening { port, setting, source })?;
        ask(connection).await.ok().flatten().ok_or(Unhealthy::NotHttp { port, setting })
    });
    match status.await {
        Ok(Ok(status)) if status == "200" => Ok(()),
        Ok(Ok(status)) => Err(Unhealthy::Status { port, setting, status }),
        Ok(Err(unhealthy)) => Err(unhealthy),
        Err(_) => Err(Unhealthy::Silent { port }),
    }
}

/// Either loopback address: where IPv6 sockets take no IPv4 connections, a service may listen on only one of them.
async fn connect(port: u16) -> io::Result<TcpStream> {
    let addresses =
        [SocketAddr::from((Ipv6Addr::LOCALHOST, port)), SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    TcpStream::connect(&addresses[..]).await
}

/// The status of the response; `None` if it isn't HTTP.
async fn ask(mut connection: TcpStream) -> io::Result<Option<String>> {
    let request = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    connection.write_all(request).await?;
    let mut start = [0; STATUS_LENGTH];
    connection.read_exact(&mut start).await?;
    let start = str::from_utf8(&start).ok();
    Ok(start.and_then(|start| start.strip_prefix("HTTP/1.1 ")).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// The error for a server that sends this response and then stays silent.
    async fn error_for(response: &'static [u8]) -> Option<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            connection.write_all(response).await.unwrap();
            std::future::pending::<()>().await;
        });
        let checked = check_live(port, "APP_PORT").await;
        server.abort();
        checked.err().map(|error| error.to_string().replace(&port.to_string(), "PORT"))
    }

    /// The same for a server that responds at once. On a busy machine the response may still be late, but not each time.
    async fn error_at_once(response: &'static [u8]) -> Option<String> {
        for _ in 0..5 {
            let error = error_for(response).await;
            if !error.as_ref().is_some_and(|error| error.contains("gave no response")) {
                return error;
            }
        }
        panic!("no response in time");
    }

    #[tokio::test]
    async fn only_a_200_is_alive() {
        assert_eq!(error_at_once(b"HTTP/1.1 200 OK\r\n\r\n").await, None);
        assert_eq!(
            error_at_once(b"HTTP/1.1 404 Not Found\r\n\r\n").await.unwrap(),
            "/health/live on port PORT responded with 404, not 200; see the service's log, or set APP_PORT to its port"
        );
        assert_eq!(
            error_at_once(b"-ERR unknown command 'GET'\r\n").await.unwrap(),
            "port PORT belongs to something that doesn't speak HTTP; set APP_PORT to the service's port"
        );
    }

    #[tokio::test]
    async fn a_service_that_hangs_is_not_alive() {
        assert_eq!(
            error_for(b"HTTP/1.1 ").await.unwrap(),
            "port PORT gave no response within 2 s; see the service's log, and restart it if this lasts"
        );
    }
}
