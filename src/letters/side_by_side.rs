//! Work on plain threads, with the results in order and never many of them waiting.
//!
//! Not one pool of tasks: the layout engine waits by yielding, and in a pool with several letters the
//! waiting thread would begin the next letter on top of the unfinished one, until the stack ends. Each
//! thread has a pool of its own, which never has more than one letter; so the engine also spreads no part
//! of a letter over other threads, which would cost more than it saves.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::diagnostics::{Diagnostic, Diagnostics, Place};

/// The layout engine recurses.
const STACK: usize = 8 << 20;

/// Results of each thread that may be finished before the one that is taken next.
const AHEAD: usize = 2;

/// Where the threads and the taker stand.
#[derive(Default)]
struct Pace {
    next: usize,
    taken: usize,
    stopped: bool,
}

/// Makes `count` results on `threads` threads and hands them to `take` in order, on the thread that asks;
/// one thread makes each only when the one before is taken. After an error of `take` nothing more is
/// begun or handed over.
pub fn in_order<T: Send>(
    count: usize,
    threads: usize,
    make: &(dyn Fn(usize) -> T + Sync),
    take: &mut (dyn FnMut(usize, T) -> Result<(), Diagnostics> + Send),
) -> Result<(), Diagnostics> {
    let make = |position: usize| catch_unwind(AssertUnwindSafe(|| make(position))).ok();
    let taken = |position: usize, made: Option<T>, take: &mut (dyn FnMut(usize, T) -> _ + Send)| {
        take(position, made.ok_or_else(|| defect("the layout engine failed".to_owned()))?)
    };
    if threads.min(count) <= 1 {
        let pool = alone()?;
        return (0..count).try_for_each(|position| taken(position, pool.install(|| make(position)), take));
    }
    let threads = threads.min(count);
    let (pace, moved) = (Mutex::new(Pace::default()), Condvar::new());
    let locked = || pace.lock().unwrap_or_else(PoisonError::into_inner);
    // The next piece of work, once it is not too far ahead.
    let claim = || {
        let mut pace = locked();
        let mine = pace.next;
        pace.next += 1;
        while !pace.stopped && mine >= pace.taken + AHEAD * threads {
            pace = moved.wait(pace).unwrap_or_else(PoisonError::into_inner);
        }
        (mine < count && !pace.stopped).then_some(mine)
    };
    let (sender, receiver) = mpsc::channel();
    let pools = (0..threads).map(|_| alone()).collect::<Result<Vec<_>, _>>()?;
    thread::scope(|scope| {
        for pool in pools {
            let (sender, claim, make) = (sender.clone(), &claim, &make);
            let work = move || {
                while let Some(mine) = claim() {
                    if sender.send((mine, make(mine))).is_err() {
                        break;
                    }
                }
            };
            thread::Builder::new().spawn_scoped(scope, move || pool.install(work)).map_err(|error| {
                locked().stopped = true;
                moved.notify_all();
                no_thread(&error)
            })?;
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        let mut outcome = Ok(());
        'results: for (position, made) in &receiver {
            waiting.insert(position, made);
            while let Some(made) = waiting.remove(&next) {
                outcome = taken(next, made, take);
                next += 1;
                if outcome.is_err() {
                    break 'results;
                }
                locked().taken = next;
                moved.notify_all();
            }
        }
        locked().stopped = true;
        moved.notify_all();
        outcome
    })
}

/// A pool of one thread, in which the layout engine does whatever it would give to others.
fn alone() -> Result<ThreadPool, Diagnostics> {
    let pool = ThreadPoolBuilder::new().num_threads(1).stack_size(STACK).build();
    pool.map_err(|error| no_thread(&error))
}

fn no_thread(error: &dyn std::error::Error) -> Diagnostics {
    defect(format!("a thread cannot be started: {error}"))
}

fn defect(message: String) -> Diagnostics {
    Diagnostic::output(Place::file("letters"), message).into()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_and_never_far_ahead() {
        for threads in [1, 2, 7] {
            let (made, mut taken) = (AtomicUsize::new(0), Vec::new());
            let make = |position: usize| {
                made.fetch_add(1, Ordering::SeqCst);
                position * 2
            };
            in_order(500, threads, &make, &mut |position, result| {
                assert!(made.load(Ordering::SeqCst) <= position + (AHEAD + 1) * threads);
                assert_eq!(result, position * 2);
                taken.push(position);
                Ok(())
            })
            .expect("no problem");
            assert!(taken.iter().copied().eq(0..500));
        }
        in_order(0, 2, &|_| (), &mut |_, ()| panic!("nothing to take")).expect("no work");
    }

    #[test]
    fn an_error_or_a_panic_ends_the_work() {
        let mut taken = 0;
        let result = in_order(1_000, 3, &|position| position, &mut |position, _| {
            taken += 1;
            if position == 10 { Err(defect("full".to_owned())) } else { Ok(()) }
        });
        assert!(result.is_err() && taken == 11);
        let make = |position: usize| assert!(position != 5, "a fault on purpose");
        let result = in_order(1_000, 3, &make, &mut |position, ()| {
            assert!(position < 5);
            Ok(())
        });
        assert!(result.expect_err("a defect").to_string().contains("layout engine"));
    }
}
