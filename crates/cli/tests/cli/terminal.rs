//! Runs the program on a terminal.

use std::{
    fs::File,
    io::Read,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use rustix::{
    process::{Pid, Signal, kill_process},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};
use test_kit::within;

/// For what the program does on its own. Generous, because only failures reach it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program whose standard output and standard error are a terminal.
pub(crate) struct Terminal {
    child: Child,
    shown: Arc<Mutex<String>>,
    reader: thread::JoinHandle<()>,
}

impl Terminal {
    /// Starts the program on a terminal with so many columns.
    pub(crate) fn start(mut command: Command, columns: u16) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave = File::options().read(true).write(true).open(name).unwrap();
        tcsetwinsize(&slave, Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        command.env("TERM", "xterm").stdin(Stdio::null());
        let child = command.stdout(slave.try_clone().unwrap()).stderr(slave).spawn().unwrap();
        // The end of the output is seen once nobody has the other side open.
        drop(command);
        let shown = Arc::new(Mutex::new(String::new()));
        let reader = thread::spawn({
            let (mut master, shown) = (File::from(master), Arc::clone(&shown));
            move || {
                let mut unread = Vec::new();
                let mut buffer = [0; 4096];
                while let Ok(1..) = master.read(&mut buffer).inspect(|count| unread.extend(&buffer[..*count]))
                {
                    *shown.lock().unwrap() = String::from_utf8_lossy(&unread).into_owned();
                }
            }
        });
        Self { child, shown, reader }
    }

    /// Waits until the terminal has shown this text.
    pub(crate) async fn shows(&self, text: &str) {
        within(PATIENCE, text, async || self.shown.lock().unwrap().contains(text).then_some(())).await;
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
    }

    /// Waits for the program's end. Returns its exit code and all that the terminal has shown.
    pub(crate) async fn end(mut self) -> (Option<i32>, String) {
        let status = within(PATIENCE, "the program ends", async || self.child.try_wait().unwrap()).await;
        self.reader.join().unwrap();
        let shown = self.shown.lock().unwrap().replace('\r', "");
        (status.code(), shown)
    }
}
