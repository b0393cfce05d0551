"""Fails every call that an inspection makes under its output folder, one at a time.

Usage: inject.py KLIP [--every K] [--jobs N] [--keep DIR]     (from the repository; needs strace)

A small inspection runs undisturbed under strace, and each call that names a path below the output
folder is noted: write, fsync, rename, mkdir, ftruncate, openat, symlink, unlink, close and their
kin. Then the inspection runs once per call and fault, and that call fails with ENOSPC or EIO, or the
process is killed there. What must hold after each:

* every visible name is a run folder or `current`; every run folder passes `klip verify`;
* the run of this date is byte for byte the earlier one, or the new one; `current` leads to a whole run;
* an error ends with exit code 4 and says what to do; it says that the new run is published exactly
  when it is; exit code 0 only with the new run in place;
* a plain rerun gives the undisturbed bytes and leaves nothing else behind.

Without letters, which are set on threads of their own: strace counts the calls of each thread apart.
They are written by the same `Stage::write` as the rest.

Five scenes: an empty output folder; an earlier run of the same date; the same where the file system
cannot exchange two names (renameat2 always fails); an earlier run of another date; and an earlier run of
the same date with so little memory that all results and payments wait in the temporary file, whose
writes and reads are then among the calls.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CALLS = {
    "read": ["EIO"], "lseek": ["EIO"],
    "write": ["ENOSPC", "EIO"], "writev": ["ENOSPC", "EIO"], "pwrite64": ["ENOSPC", "EIO"],
    "fsync": ["ENOSPC", "EIO"], "fdatasync": ["ENOSPC", "EIO"], "ftruncate": ["ENOSPC", "EIO"],
    "fallocate": ["ENOSPC", "EIO"], "copy_file_range": ["ENOSPC", "EIO"],
    "open": ["ENOSPC", "EIO"], "openat": ["ENOSPC", "EIO"],
    "mkdir": ["ENOSPC", "EIO"], "mkdirat": ["ENOSPC", "EIO"],
    "rename": ["ENOSPC", "EIO"], "renameat": ["ENOSPC", "EIO"], "renameat2": ["ENOSPC", "EIO"],
    "symlink": ["ENOSPC", "EIO"], "symlinkat": ["ENOSPC", "EIO"], "link": ["ENOSPC"], "linkat": ["ENOSPC"],
    "unlink": ["EIO"], "unlinkat": ["EIO"], "rmdir": ["EIO"], "close": ["EIO"], "flock": ["EIO"],
    "chmod": ["EIO"], "fchmod": ["EIO"], "fchmodat": ["EIO"],
}
PIPELINE = "pipelines/semester_inspection_plain.toml"
DATE, OTHER_DATE = "2027-03-15", "2026-09-15"
RUN, OTHER_RUN = f"inspection_date={DATE}", f"inspection_date={OTHER_DATE}"


class Scene:
    """An output folder before the run, and strace options and arguments that belong to it."""

    def __init__(self, name, folder, options=(), arguments=()):
        self.name, self.folder, self.options, self.arguments = name, folder, list(options), list(arguments)


def run_klip(klip, exports, output, date=DATE, before=(), arguments=()):
    command = [*before, klip, "run", PIPELINE, "--input", str(exports), "--output", str(output),
               "--inspection-date", date, "--threads", "1", "--no-letters", "--quiet", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def tree(folder):
    """The content of a folder, or None when it is not there."""
    if not folder.is_dir():
        return None
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        content = b"folder" if path.is_dir() else hashlib.sha256(path.read_bytes()).digest()
        whole.update(str(path.relative_to(folder)).encode() + b"\0" + content)
    return whole.hexdigest()


def points(klip, exports, scene, scratch):
    """(call, which of its kind) for every call under the output folder."""
    output, trace = scratch / "traced", scratch / "trace"
    shutil.copytree(scene.folder, output, symlinks=True)
    strace = ["strace", "-f", "-y", "-qq", "--seccomp-bpf", "-s", "300", "-o", str(trace),
              "-e", "trace=" + ",".join(CALLS), *scene.options]
    ran = run_klip(klip, exports, output, before=strace, arguments=scene.arguments)
    if ran.returncode != 0:
        sys.exit(f"{scene.name}: the undisturbed run fails:\n{ran.stderr}")
    counts, found, threads = collections.Counter(), [], set()
    for line in trace.read_text(errors="replace").splitlines():
        match = re.match(r"(\d+)\s+(\w+)\(", line)
        if not match or match[2] not in CALLS:
            continue
        # strace counts per thread; one thread makes its count ours.
        counts[match[1], match[2]] += 1
        if str(output) in line:
            threads.add(match[1])
            found.append((match[2], counts[match[1], match[2]]))
    if len(threads) > 1:
        sys.exit("the run writes on several threads: its calls cannot be counted")
    shutil.rmtree(output)
    return found


def judge(klip, exports, scene, new, call, number, fault, scratch):
    """What is wrong after one fault; an empty list when nothing is."""
    output = pathlib.Path(tempfile.mkdtemp(dir=scratch)) / "runs"
    shutil.copytree(scene.folder, output, symlinks=True)
    earlier, other = tree(output / RUN), tree(output / OTHER_RUN)
    what = "signal=SIGKILL" if fault == "SIGKILL" else f"error={fault}"
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call},renameat2", *scene.options,
              f"--inject={call}:{what}:when={number}"]
    ran = run_klip(klip, exports, output, before=strace, arguments=scene.arguments)
    wrong = []
    if output.exists():
        visible = {path.name for path in output.iterdir() if not path.name.startswith(".")}
        wrong += [f"{name} is visible" for name in visible - {RUN, OTHER_RUN, "current"}]
        for name in visible:
            verified = subprocess.run([klip, "verify", str(output / name)], capture_output=True, text=True)
            if verified.returncode != 0:
                wrong.append(f"{name} is not whole: {verified.stderr.strip()}")
        if (earlier or other) and "current" not in visible:
            wrong.append("current is gone")
    present = tree(output / RUN)
    # Where two names cannot be exchanged, a kill may fall between the two renames.
    between = scene.options and fault == "SIGKILL" and present is None and list(output.glob(".replaced-*"))
    if between:
        wrong = [text for text in wrong if not text.startswith("current")]
    elif present not in (earlier, new):
        wrong.append("the run is neither the earlier one nor the new one")
    if tree(output / OTHER_RUN) != other:
        wrong.append("the run of the other date changed")
    if fault == "SIGKILL":
        if ran.returncode not in (-9, 137):
            wrong.append(f"not killed, exit code {ran.returncode}")
    elif ran.returncode == 0:
        if present != new:
            wrong.append("exit code 0 without the new run")
    else:
        if ran.returncode != 4 or "help: " not in ran.stderr or "error: " not in ran.stderr:
            wrong.append(f"exit code {ran.returncode}: {ran.stderr.strip()}")
        # Rust's own library panics when a folder cannot be closed; that message promises nothing.
        panicked = "klip has a defect" in ran.stderr
        if not panicked and (present == new) != ("is published" in ran.stderr):
            wrong.append(f"the message is not true: {ran.stderr.strip()}")
    again = run_klip(klip, exports, output)
    names = {path.name for path in output.iterdir()}
    if again.returncode != 0 or tree(output / RUN) != new:
        wrong.append(f"the rerun differs: {again.stderr.strip()}")
    if not (output / "current").is_symlink() or tree(output / "current") != new:
        wrong.append("current does not lead to the rerun")
    wrong += [f"{name} is left behind" for name in names - {".lock", "current", RUN, OTHER_RUN}]
    shutil.rmtree(output.parent)
    outcome = {4: "refused", 0: "done"}.get(ran.returncode, "killed")
    if "klip has a defect" in ran.stderr:
        outcome = "panicked"
    return outcome, [f"{scene.name}: {call} no. {number}, {fault}: {text}" for text in wrong]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("klip")
    parser.add_argument("--every", type=int, default=1, help="only every K-th fault")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    klip = str(pathlib.Path(arguments.klip).resolve())
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder).resolve()
        exports, older = scratch / "exports", scratch / "older"
        for where, seed in [(exports, "7"), (older, "8")]:
            subprocess.run([klip, "generate", "--students", "12", "--seed", seed, "--output", str(where)],
                           check=True, capture_output=True)
        empty, same, other = scratch / "empty", scratch / "same", scratch / "other"
        empty.mkdir()
        run_klip(klip, older, same).check_returncode()
        run_klip(klip, older, other, OTHER_DATE).check_returncode()
        undisturbed = scratch / "undisturbed"
        run_klip(klip, exports, undisturbed).check_returncode()
        new = tree(undisturbed / RUN)
        files = sum(path.is_file() for path in (undisturbed / RUN).rglob("*"))
        print(f"the run: {files} files")
        scenes = [
            Scene("empty folder", empty), Scene("earlier run of the date", same),
            Scene("no exchange of names", same, ["--inject=renameat2:error=EINVAL"]),
            Scene("run of another date", other),
            Scene("no room in memory", same, arguments=["--memory", "64MiB"]),
        ]
        tasks = []
        for scene in scenes:
            calls = points(klip, exports, scene, scratch)
            kinds = collections.Counter(call for call, _ in calls)
            print(f"{scene.name}: " + ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
            for call, number in calls:
                # One strace cannot fail the same call twice over.
                if scene.options and call == "renameat2":
                    continue
                tasks += [(scene, call, number, fault) for fault in [*CALLS[call], "SIGKILL"]]
        tasks = tasks[:: arguments.every]
        outcomes, wrong = collections.Counter(), []
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            judged = pool.map(lambda task: judge(klip, exports, task[0], new, *task[1:], scratch), tasks)
            for task, (outcome, problems) in zip(tasks, judged):
                outcomes[task[3], outcome] += 1
                wrong += problems
        for (fault, outcome), count in sorted(outcomes.items()):
            print(f"{fault:8} {outcome:8} {count:5}")
        print("\n".join(wrong))
        print(f"{len(tasks)} faults, {len(wrong)} wrong")
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
