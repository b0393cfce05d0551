"""klip beside its peers on the same files: wall time, CPU time and peak memory, in turn.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    ../../target/release/klip generate --students 450000 --seed 1 --output nation
    .venv/bin/python compare.py peers --input nation
    .venv/bin/python compare.py peers --input nation-parquet       # generated with --format parquet
    .venv/bin/python compare.py growth --scratch growth
    .venv/bin/python compare.py memory --input two-millions
    .venv/bin/python compare.py small
    .venv/bin/python compare.py limit --input nation               # beside counting the lines of the files

`klip` runs every rule and writes every table, without letters. Polars only reads three tables as text;
DuckDB computes only the tables inspection and attempts (`benches/peers/compute.py`). Each pair runs one
after the other, so that a change of the machine's load meets both; the medians and the spread
(least to most) of all pairs are printed, and the ratio of the medians. Nothing is asserted.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KLIP = ROOT / "target/release/klip"
PIPELINE = ROOT / "pipelines/semester_inspection_plain.toml"


def measure(command):
    """Wall seconds, CPU seconds (user and system) and peak memory in MiB of one process."""
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, {**os.environ, "POLARS_MAX_THREADS": "2"}, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def klip(folder, output, *more):
    return [str(KLIP), "run", str(PIPELINE), "--input", str(folder), "--output", str(output), "--threads", "2",
            "--no-letters", "--quiet", *more]


def show(name, samples):
    columns = list(zip(*samples))
    cells = [f"{statistics.median(column):8.2f} ({min(column):.2f} to {max(column):.2f})" for column in columns]
    print(f"{name:22} wall s {cells[0]:30} CPU s {cells[1]:30} peak MiB {cells[2]}")
    return [statistics.median(column) for column in columns]


def peers(args, scratch):
    commands = {
        "polars, reading": [sys.executable, str(HERE / "read_polars.py"), str(args.input)],
        "duckdb, core tables": [sys.executable, str(ROOT / "benches/peers/compute.py"), "--input", str(args.input),
                                "--inspection-date", "2027-03-15", "--output", str(scratch / "peer"), "--threads", "2"],
    }
    for name, command in commands.items():
        ours, theirs = [], []
        for _ in range(args.pairs):
            ours.append(measure(klip(args.input, scratch / "runs")))
            theirs.append(measure(command))
        one, other = show("klip", ours), show(name, theirs)
        ratios = [f"{mine / their:.3f}" for mine, their in zip(one, other)]
        print(f"{'klip / ' + name:30} wall {ratios[0]}, CPU {ratios[1]}, peak {ratios[2]}\n")


def growth(args, scratch):
    for enrolments in args.sizes:
        folder = args.scratch / str(enrolments)
        if not folder.exists():
            students = round(enrolments / 1.11)
            measure([str(KLIP), "generate", "--students", str(students), "--seed", "1", "--output", str(folder)])
        with open(folder / "enrolments.csv", "rb") as file:
            rows = sum(1 for _ in file) - 1
        wall, cpu, peak = show(f"{rows} enrolments",
                               [measure(klip(folder, scratch / "runs")) for _ in range(args.pairs)])
        print(f"{'':22} {1e6 * cpu / rows:.2f} CPU microseconds per enrolment")


def memory(args, scratch):
    for size in ("2GiB", "1GiB", "64MiB"):
        show(f"--memory {size}", [measure(klip(args.input, scratch / "runs", "--memory", size))])


def small(args, scratch):
    sample = [str(KLIP), "run", str(ROOT / "pipelines/semester_inspection.toml"), "--output", str(scratch / "runs"), "--quiet"]
    show("sample_data", [measure([*sample, "--no-letters"]) for _ in range(args.pairs)])
    show("sample_data, letters", [measure(sample) for _ in range(args.pairs)])


def limit(args, scratch):
    size = sum(csv.stat().st_size for csv in args.input.glob("*.csv"))
    count = [sys.executable, str(HERE / "count_lines.py"), str(args.input)]
    ours, theirs = [], []
    for _ in range(args.pairs):
        ours.append(measure(klip(args.input, scratch / "runs")))
        theirs.append(measure(count))
    for name, samples in (("klip", ours), ("counting lines", theirs)):
        _, cpu, _ = show(name, samples)
        print(f"{'':22} {size / cpu / 1e6:.0f} MB for each second of CPU")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["peers", "growth", "memory", "small", "limit"])
    parser.add_argument("--input", type=pathlib.Path, help="folder of generated exports")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5000, 50_000, 100_000, 500_000, 2_000_000])
    parser.add_argument("--scratch", type=pathlib.Path, help="where growth keeps its exports")
    args = parser.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="klip-compare-"))
    try:
        globals()[args.what](args, scratch)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
