//! Where frames come from: a child process, or a thread of this one.

use std::io::BufReader;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use rustix::process::Signal;

use super::frame::Frame;
use super::{Limits, Request, Stopped, produce};

/// Frames that may wait to be taken.
const WAITING: usize = 2;

pub struct Frames {
    received: Receiver<Option<Frame>>,
    child: Option<Child>,
    limits: Limits,
}

impl Frames {
    /// Begins to read; `program` is the one that knows the hidden command.
    pub fn open(program: Option<&Path>, request: &Request) -> Result<Frames, String> {
        Frames::open_within(Limits::of(&request.path)?, program, request)
    }

    /// As [`Frames::open`]; a thread of this process is bound by the patience alone.
    pub fn open_within(limits: Limits, program: Option<&Path>, request: &Request) -> Result<Frames, String> {
        let (sender, received) = sync_channel(WAITING);
        let Some(program) = program else {
            let request = request.clone();
            std::thread::spawn(move || {
                let mut emit = |frame| sender.send(Some(frame)).map_err(|_| Stopped::NobodyListens);
                let _ = catch_unwind(AssertUnwindSafe(|| produce(&request, &mut emit)));
                let _ = sender.send(None);
            });
            return Ok(Frames { received, child: None, limits });
        };
        let mut child =
            command(program, request, limits).spawn().map_err(|error| format!("no reader: {error}"))?;
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
        Ok(Frames { received, child: Some(child), limits })
    }

    /// The next frame; what is wrong with the file when there is none.
    pub fn next(&mut self) -> Result<Frame, String> {
        match self.received.recv_timeout(self.limits.patience) {
            Ok(Some(Frame::Problem(problem))) => Err(problem),
            Ok(Some(frame)) => Ok(frame),
            Err(RecvTimeoutError::Timeout) => Err("reading it took too long".to_owned()),
            Ok(None) | Err(RecvTimeoutError::Disconnected) if self.ran_out_of_time() => Err(format!(
                "its reader ended early: reading it takes more than {} seconds of processor time",
                self.limits.seconds
            )),
            Ok(None) | Err(RecvTimeoutError::Disconnected) => Err(format!(
                "its reader ended early: the file is damaged, or reading it takes more than {} MiB of memory",
                self.limits.memory >> 20
            )),
        }
    }

    /// Asked when nothing comes any more, so the child is about to end.
    fn ran_out_of_time(&mut self) -> bool {
        let Some(child) = &mut self.child else { return false };
        for _ in 0..20 {
            match child.try_wait() {
                Ok(Some(status)) => return status.signal() == Some(Signal::XCPU.as_raw()),
                _ => std::thread::sleep(Duration::from_millis(50)),
            }
        }
        false
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

fn command(program: &Path, request: &Request, limits: Limits) -> Command {
    let mut command = Command::new(program);
    command.arg("read-foreign").arg(request.format.name()).arg(&request.path);
    command.arg("--table").arg(&request.table);
    command.arg("--memory").arg(limits.memory.to_string());
    command.arg("--seconds").arg(limits.seconds.to_string());
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
