//! Records for which the memory has no room, in a temporary file.
//!
//! The file is readable by its owner alone and never has a name, so that it is gone with the process,
//! whatever ends it. On file systems without files of no name it has one until it is open; what a crash
//! in that moment leaves is empty, and the next run that writes there removes it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Words that are written by one call. Linux caches a longer write in one piece of memory, and to find such
/// pieces costs several times as much as the pages that many short ones need (measured: 400 MB in 1.0 s by
/// calls of 1 MiB, in 0.13 s by calls of 32 KiB), and the less so when each lies where such a piece could begin.
const AT_ONCE: usize = (32 << 10) / size_of::<u32>();

/// Room in memory, and the file for what exceeds it. Clones share both.
#[derive(Clone)]
pub struct Spill(Arc<Shared>);

struct Shared {
    /// Bytes of records that may still be held in memory.
    room: AtomicU64,
    folder: PathBuf,
    file: Mutex<Option<Opened>>,
    end: AtomicU64,
}

impl Default for Spill {
    fn default() -> Spill {
        Spill::never()
    }
}

struct Opened {
    file: File,
    /// Where the system keeps the name of a file that is open.
    named: Option<PathBuf>,
    /// Room for what is written or read, as long as the longest of these was.
    bytes: Vec<[u8; 4]>,
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Some(path) = &self.named {
            let _ = fs::remove_file(path);
        }
    }
}

impl Spill {
    /// `room` bytes of records stay in memory; the file is made in `folder` when they are used up.
    pub fn new(room: u64, folder: &Path) -> Spill {
        Spill(Arc::new(Shared {
            room: AtomicU64::new(room),
            folder: folder.to_owned(),
            file: Mutex::new(None),
            end: AtomicU64::new(0),
        }))
    }

    /// Everything stays in memory.
    pub fn never() -> Spill {
        Spill::new(u64::MAX, Path::new("."))
    }

    /// Takes the room when there is enough.
    pub fn has_room_for(&self, bytes: usize) -> bool {
        let take = |room: u64| room.checked_sub(bytes as u64);
        self.0.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Takes the place in the file for this many bytes.
    pub fn reserve(&self, bytes: u64) -> u64 {
        self.0.end.fetch_add(bytes, Ordering::Relaxed)
    }

    pub fn write(&self, at: u64, words: &[u32]) -> io::Result<()> {
        if words.is_empty() {
            return Ok(());
        }
        self.with_file(at, AT_ONCE, |file, bytes| {
            let up_to_boundary = AT_ONCE - (at / size_of::<u32>() as u64) as usize % AT_ONCE;
            let (first, others) = words.split_at(up_to_boundary.min(words.len()));
            [first].into_iter().chain(others.chunks(AT_ONCE)).try_for_each(|words| {
                for (bytes, word) in bytes.iter_mut().zip(words) {
                    *bytes = word.to_le_bytes();
                }
                file.write_all(bytes[..words.len()].as_flattened())
            })
        })
    }

    /// Appends this many words.
    pub fn read(&self, at: u64, count: usize, words: &mut Vec<u32>) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        self.with_file(at, count, |file, bytes| {
            file.read_exact(bytes.as_flattened_mut())?;
            words.extend(bytes.iter().map(|word| u32::from_le_bytes(*word)));
            Ok(())
        })
    }

    /// `work` is given the file at this byte, and room for as many words.
    fn with_file(
        &self,
        at: u64,
        words: usize,
        work: impl FnOnce(&mut File, &mut [[u8; 4]]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut opened = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        let opened = match &mut *opened {
            Some(opened) => opened,
            none => none.insert(open(&self.0.folder)?),
        };
        opened.file.seek(SeekFrom::Start(at))?;
        if opened.bytes.len() < words {
            opened.bytes.resize(words, [0; 4]);
        }
        work(&mut opened.file, &mut opened.bytes[..words])
    }
}

fn open(folder: &Path) -> io::Result<Opened> {
    fs::create_dir_all(folder)?;
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{Mode, OFlags};
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        if let Ok(file) = rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR) {
            return Ok(Opened { file: File::from(file), named: None, bytes: Vec::new() });
        }
    }
    open_named(folder)
}

fn open_named(folder: &Path) -> io::Result<Opened> {
    // The beginning of the name is that of unfinished work, which `output` clears away.
    let path = folder.join(format!(".staging-rows-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    let named = fs::remove_file(&path).is_err().then_some(path);
    Ok(Opened { file, named, bytes: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_file_leaves_no_name_and_gives_back_what_it_was_given() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        for open in [open, open_named] {
            let opened = open(folder.path()).expect("writable");
            assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
            let mode = std::os::unix::fs::MetadataExt::mode(&opened.file.metadata().expect("open"));
            assert_eq!(mode & 0o777, 0o600);
        }
        let spill = Spill::new(8, folder.path());
        assert!(spill.has_room_for(8) && !spill.has_room_for(1));
        let (first, second) = (spill.reserve(8), spill.reserve(4));
        spill.write(second, &[7]).expect("writable");
        spill.write(first, &[1, 2]).expect("writable");
        let mut words = vec![0];
        spill.read(second, 1, &mut words).expect("readable");
        spill.read(first, 2, &mut words).expect("readable");
        assert_eq!(words, [0, 7, 1, 2]);
        for more in [AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE + 7] {
            let long: Vec<u32> = (0..more as u32).map(|nth| nth ^ 0x5A5A_0000).collect();
            let at = spill.reserve((more * size_of::<u32>()) as u64);
            spill.write(at, &long).expect("writable");
            words.clear();
            spill.read(at, more, &mut words).expect("readable");
            assert!(words == long, "{more}");
        }
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0);
    }
}
