//! Where frames come from: a child process, or a thread of this one.

use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::frame::Frame;
use super::{Request, Stopped, limits, produce};

/// Frames that may wait to be taken.
const WAITING: usize = 2;

pub struct Frames {
    received: Receiver<Option<Frame>>,
    child: Option<Child>,
    /// The longest time between two frames.
    patience: Duration,
}

impl Frames {
    /// Begins to read; `program` is the one that knows the hidden command.
    pub fn open(program: Option<&Path>, request: &Request) -> Result<Frames, String> {
        let (sender, received) = sync_channel(WAITING);
        let bytes = request.path.metadata().map_err(|error| error.to_string())?.len();
        // Waiting costs no processor time, and others may need the processor.
        let patience = Duration::from_secs(10 * limits::seconds(bytes));
        let Some(program) = program else {
            let request = request.clone();
            std::thread::spawn(move || {
                let mut emit = |frame| sender.send(Some(frame)).map_err(|_| Stopped::NobodyListens);
                let _ = catch_unwind(AssertUnwindSafe(|| produce(&request, &mut emit)));
                let _ = sender.send(None);
            });
            return Ok(Frames { received, child: None, patience });
        };
        let mut child = command(program, request).spawn().map_err(|error| format!("no reader: {error}"))?;
        let from = child.stdout.take().ok_or("its reader has no output")?;
        std::thread::spawn(move || {
            let mut from = BufReader::with_capacity(1 << 18, from);
            while let Ok(frame) = Frame::read(&mut from) {
                if sender.send(Some(frame)).is_err() {
                    return;
                }
            }
            let _ = sender.send(None);
        });
        Ok(Frames { received, child: Some(child), patience })
    }

    /// The next frame; what is wrong with the file when there is none.
    pub fn next(&mut self) -> Result<Frame, String> {
        match self.received.recv_timeout(self.patience) {
            Ok(Some(Frame::Problem(problem))) => Err(problem),
            Ok(Some(frame)) => Ok(frame),
            Err(RecvTimeoutError::Timeout) => Err("reading it took too long".to_owned()),
            Ok(None) | Err(RecvTimeoutError::Disconnected) => Err(format!(
                "its reader ended early: the file is damaged, or reading it takes more than {} MiB of memory",
                limits::MEMORY >> 20
            )),
        }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended already; then there is only its exit to be collected.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn command(program: &Path, request: &Request) -> Command {
    let mut command = Command::new(program);
    command.arg("read-foreign").arg(request.format.name()).arg(&request.path);
    command.arg("--table").arg(&request.table);
    if let Some(sheet) = &request.sheet {
        command.arg("--sheet").arg(sheet);
    }
    if let Some(columns) = &request.columns {
        let columns = columns.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        command.arg("--columns").arg(columns);
    }
    // The allocator would otherwise claim a gibibyte before the limits are set.
    command.env("MIMALLOC_ARENA_RESERVE", "32768").env("MIMALLOC_ARENA_EAGER_COMMIT", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}
