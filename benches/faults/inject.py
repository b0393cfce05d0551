"""Fails every call that klip makes under its output folder, one at a time.

Usage: inject.py KLIP [--every K] [--jobs N]     (from the repository; needs strace)

A small inspection runs undisturbed under strace, and each call that names a path below the output
folder is noted: write, fsync, rename, mkdir, ftruncate, openat, symlink, unlink, close and their
kin. Then the same runs once per call and fault, and that call fails with ENOSPC or EIO, or the
process is killed there. What must hold after each:

* every visible name is a folder of klip or `current`; every one of them passes `klip verify`;
* the folder that is written is byte for byte the earlier one, or the new one; `current` leads to a whole run;
* an error ends with exit code 4 and says what to do; it says that the new folder is published exactly
  when it is; exit code 0 only with the new folder in place;
* the same command again gives the undisturbed bytes and leaves nothing else behind; letters that stand there
  already are refused, and stay as they are.

Seven scenes. Without letters: an empty output folder; an earlier run of the same date; the same where
the file system cannot exchange two names (renameat2 always fails); an earlier run of another date; and
an earlier run of the same date with so little memory that all results and payments wait in the
temporary file, whose writes and reads are then among the calls. With letters: a run over an earlier run
of its date; and `klip letters RUN --worklist` with every letter approved.
"""

import argparse
import collections
import concurrent.futures
import functools
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

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


def inspection(klip, exports, output, *arguments, date=DATE):
    return [klip, "run", PIPELINE, "--input", str(exports), "--output", str(output),
            "--inspection-date", date, "--threads", "1", "--quiet", *arguments]


def started(command):
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


def visible(output):
    return {path.name for path in output.iterdir() if not path.name.startswith(".")} if output.exists() else set()


class Scene:
    """An output folder before the command (output folder to arguments), what the command makes of it
    undisturbed, and strace options that belong to it."""

    def __init__(self, name, before, command, scratch, options=()):
        self.name, self.before, self.command, self.options = name, before, command, list(options)
        self.earlier = {name: tree(before / name) for name in visible(before)}
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            output = pathlib.Path(folder) / "runs"
            shutil.copytree(before, output, symlinks=True)
            started(command(output)).check_returncode()
            self.after = {name: tree(output / name) for name in visible(output)}
            changed = {name for name in self.after if self.after[name] != self.earlier.get(name)}
            (self.written,) = changed - {"current"}
            self.files = sum(path.is_file() for path in (output / self.written).rglob("*"))

    def points(self, scratch):
        """(call, which of its kind) for every call under the output folder."""
        output, trace = scratch / "traced", scratch / "trace"
        shutil.copytree(self.before, output, symlinks=True)
        strace = ["strace", "-f", "-y", "-qq", "--seccomp-bpf", "-s", "300", "-o", str(trace),
                  "-e", "trace=" + ",".join(CALLS), *self.options]
        ran = started(strace + self.command(output))
        if ran.returncode != 0:
            sys.exit(f"{self.name}: the undisturbed run fails:\n{ran.stderr}")
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
            sys.exit("several threads write: their calls cannot be counted")
        if not found:
            sys.exit(f"{self.name}: strace names no file of the output folder")
        shutil.rmtree(output)
        return found


def judge(klip, scene, call, number, fault, scratch):
    """How it ended after one fault, and what is wrong; an empty list when nothing is."""
    output = pathlib.Path(tempfile.mkdtemp(dir=scratch)) / "runs"
    shutil.copytree(scene.before, output, symlinks=True)
    what = "signal=SIGKILL" if fault == "SIGKILL" else f"error={fault}"
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call},renameat2", *scene.options,
              f"--inject={call}:{what}:when={number}"]
    ran = started(strace + scene.command(output))
    wrong, names = [], visible(output)
    wrong += [f"{name} is visible" for name in names - scene.earlier.keys() - scene.after.keys()]
    for name in names:
        verified = started([klip, "verify", str(output / name)])
        if verified.returncode != 0:
            wrong.append(f"{name} is not whole: {verified.stderr.strip()}")
    if "current" in scene.earlier and not (output / "current/inspection.parquet").is_file():
        wrong.append("current leads to no run")
    present, new = tree(output / scene.written), scene.after[scene.written]
    # Where two names cannot be exchanged, a kill may fall between the two renames.
    between = scene.options and fault == "SIGKILL" and present is None and list(output.glob(".replaced-*"))
    if between:
        wrong = [text for text in wrong if not text.startswith("current")]
    elif present not in (scene.earlier.get(scene.written), new):
        wrong.append("the folder is neither the earlier one nor the new one")
    for name in scene.earlier.keys() - {"current", scene.written}:
        if tree(output / name) != scene.earlier[name]:
            wrong.append(f"{name} changed")
    if fault == "SIGKILL":
        if ran.returncode not in (-9, 137):
            wrong.append(f"not killed, exit code {ran.returncode}")
    elif ran.returncode == 0:
        if present != new:
            wrong.append("exit code 0 without the new folder")
    else:
        if ran.returncode != 4 or "help: " not in ran.stderr or "error: " not in ran.stderr:
            wrong.append(f"exit code {ran.returncode}: {ran.stderr.strip()}")
        # Rust's own library panics when a folder cannot be closed; that message promises nothing.
        panicked = "klip has a defect" in ran.stderr
        if not panicked and (present == new) != ("is published" in ran.stderr):
            wrong.append(f"the message is not true: {ran.stderr.strip()}")
    again = started(scene.command(output))
    # Letters that stand there are written once: the same command is refused, and changes nothing.
    is_done = again.returncode == 0 or (present == new and "written here before" in again.stderr)
    if not is_done or {name: tree(output / name) for name in visible(output)} != scene.after:
        wrong.append(f"the rerun differs: {again.stderr.strip()}")
    if "current" in scene.after and not (output / "current").is_symlink():
        wrong.append("current is no link")
    left = {path.name for path in output.iterdir()} - {".lock"} - scene.after.keys()
    wrong += [f"{name} is left behind" for name in left]
    shutil.rmtree(output.parent)
    outcome = {4: "refused", 0: "done"}.get(ran.returncode, "killed")
    if "klip has a defect" in ran.stderr:
        outcome = "panicked"
    return outcome, [f"{scene.name}: {call} no. {number}, {fault}: {text}" for text in wrong]


def approved(worklist, path):
    """The worklist of a run with `approve` in every first cell, which is its decision."""
    with zipfile.ZipFile(worklist) as run, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as edited:
        for name in run.namelist():
            part = run.read(name)
            if name == "xl/worksheets/sheet1.xml":
                decision = rb'<c r="\1" t="inlineStr"><is><t>approve</t></is></c>'
                part, cells = re.subn(rb'<c r="(A[0-9]+)" s="[0-9]+"/>', decision, part)
                assert cells > 0, "the worklist has no decision to make"
            edited.writestr(name, part)


def scenes(klip, scratch):
    def made(students, seed, name):
        generate = [klip, "generate", "--students", str(students), "--seed", str(seed), "--output", str(scratch / name)]
        started(generate).check_returncode()
        return scratch / name

    def before(name, *arguments, **options):
        started(inspection(klip, *arguments, **options)).check_returncode()
        return scratch / name

    exports, older, few = made(12, 7, "exports"), made(12, 8, "older"), made(3, 8, "few")
    empty, same, other, lettered = (scratch / name for name in ("empty", "same", "other", "lettered"))
    empty.mkdir()
    before("same", older, same, "--no-letters")
    before("other", older, other, "--no-letters", date=OTHER_DATE)
    before("lettered", few, lettered)
    worklist = scratch / "worklist.xlsx"
    approved(lettered / RUN / "worklist.xlsx", worklist)

    def plain(output, *arguments):
        return inspection(klip, exports, output, "--no-letters", *arguments)

    def worked_off(output):
        return [klip, "letters", str(lettered / RUN), "--worklist", str(worklist), "--output", str(output),
                "--threads", "1"]

    yield Scene("empty folder", empty, plain, scratch)
    yield Scene("earlier run of the date", same, plain, scratch)
    yield Scene("no exchange of names", same, plain, scratch, ["--inject=renameat2:error=EINVAL"])
    yield Scene("run of another date", other, plain, scratch)
    yield Scene("no room in memory", same, lambda output: plain(output, "--memory", "64MiB"), scratch)
    yield Scene("with letters", same, functools.partial(inspection, klip, few), scratch)
    yield Scene("letters of a worklist", other, worked_off, scratch)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("klip")
    parser.add_argument("--every", type=int, default=1, help="only every K-th fault")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    klip = str(pathlib.Path(arguments.klip).resolve())
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder).resolve()
        tasks = []
        for scene in scenes(klip, scratch):
            calls = scene.points(scratch)
            kinds = collections.Counter(call for call, _ in calls)
            said = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
            print(f"{scene.name}: {scene.files} files; {said}")
            for call, number in calls:
                # One strace cannot fail the same call twice over.
                if scene.options and call == "renameat2":
                    continue
                tasks += [(scene, call, number, fault) for fault in [*CALLS[call], "SIGKILL"]]
        tasks = tasks[:: arguments.every]
        outcomes, wrong = collections.Counter(), []
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            judged = pool.map(lambda task: judge(klip, *task, scratch), tasks)
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
