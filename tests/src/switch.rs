//! A way to Redis that a test can turn elsewhere, or make long.

use std::time::Duration;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::Instant,
};

/// An address that leads to a server, as a proxy, a name or a virtual address does: when it is turned to another one,
/// connections that are open stay where they are.
#[derive(Debug)]
pub struct Switch {
    port: u16,
    target: watch::Sender<String>,
}

impl Switch {
    /// A way to this address.
    pub async fn to(target: String) -> Self {
        Self::over(target, Duration::ZERO).await
    }

    /// A way to this address that takes so long in each direction.
    pub async fn over(target: String, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (target, targets) = watch::channel(target);
        tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                let target = targets.borrow().clone();
                tokio::spawn(async move {
                    let Ok(there) = TcpStream::connect(target).await else { return };
                    let ((from, to), (back, home)) = (here.into_split(), there.into_split());
                    tokio::join!(carry(from, home, delay), carry(back, to, delay));
                });
            }
        });
        Self { port, target }
    }

    /// Where it is for the services.
    #[must_use]
    pub fn addr(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Leads new connections to this address.
    pub fn turn_to(&self, target: String) {
        self.target.send_replace(target);
    }
}

/// Carries all bytes, each so much later, until one side has no more.
async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, delay: Duration) {
    let (sender, mut receiver) = mpsc::channel::<(Instant, Vec<u8>)>(1024);
    let read = async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if sender.send((Instant::now() + delay, buffer[..length].to_vec())).await.is_err() {
                return;
            }
        }
    };
    let write = async move {
        while let Some((due, bytes)) = receiver.recv().await {
            tokio::time::sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}
