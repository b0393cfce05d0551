"""One polluted row per file: what klip and other readers say of it.

    python -m venv .venv && .venv/bin/pip install -r benches/polluted/requirements.txt
    .venv/bin/python benches/polluted/compare.py

Writes the corpus with `cargo run --release --example polluted_files`, reads every file with every
reader and prints a table. A reader is told everything that it can be told: separator, header, a
fixed type per column, decimal mark, form of the dates, and to be strict.

exact     the bad row was rejected (or harmless) and every other row kept as it was
too much  good rows were lost beside the bad one, and the reader said that it rejected something
refused   the whole file was refused
silent    nothing was said, and the rows are not those of the sound file
"""

import csv
import datetime
import decimal
import pathlib
import re
import subprocess
import sys
import tempfile

import duckdb
import polars as pl

HOME = pathlib.Path(__file__).resolve().parents[2]
TRUTH = {"1", "0", "true", "false", "ja", "nej"}


class Schema:
    """The columns of one table in one dialect."""

    def __init__(self, danish):
        self.danish = danish
        self.separator = ";" if danish else ","
        self.columns = []

    def date(self):
        return "%d-%m-%Y" if self.danish else "%Y-%m-%d"


def read_polars(path, schema):
    types = {"decimal": pl.Float64, "int": pl.Int64, "date": pl.String}
    frame = pl.read_csv(
        path,
        separator=schema.separator,
        schema={name: types.get(kind, pl.String) for name, kind, _ in schema.columns},
        decimal_comma=schema.danish,
    )
    dates = [pl.col(name).str.to_date(schema.date()) for name, kind, _ in schema.columns if kind == "date"]
    return frame.with_columns(dates).rows(), 0


def read_duckdb(path, schema):
    types = {"decimal": "DOUBLE", "int": "INTEGER", "date": "DATE"}
    columns = {name: types.get(kind, "VARCHAR") for name, kind, _ in schema.columns}
    connection = duckdb.connect()
    rows = connection.execute(
        """SELECT * FROM read_csv(?, auto_detect = false, header = true, delim = ?, quote = '"', escape = '"',
           columns = ?, decimal_separator = ?, dateformat = ?, store_rejects = true, strict_mode = true)""",
        [str(path), schema.separator, columns, "," if schema.danish else ".", schema.date()],
    ).fetchall()
    return rows, connection.execute("SELECT count(*) FROM reject_errors").fetchone()[0]


def read_python(path, schema):
    """The strict reader of the standard library, with a check of the width and a conversion by type."""

    def convert(text, kind, optional):
        if text == "":
            if optional:
                return None
            raise ValueError("empty")
        if kind == "decimal":
            mark = "," if schema.danish else "."
            if not re.fullmatch(rf"-?\d+({re.escape(mark)}\d+)?", text, re.ASCII):
                raise ValueError("number")
            return decimal.Decimal(text.replace(",", "."))
        if kind == "int":
            return int(text)
        if kind == "date":
            return datetime.datetime.strptime(text, schema.date()).date()
        if kind == "month":
            return datetime.datetime.strptime(text, "%Y-%m")
        if kind == "bool" and text.lower() not in TRUTH:
            raise ValueError("truth")
        return text

    kept, rejected = [], 0
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=schema.separator, strict=True)
        next(reader)
        for row in reader:
            try:
                if len(row) != len(schema.columns):
                    raise ValueError("width")
                cells = zip(row, schema.columns)
                kept.append(tuple(convert(text, kind, optional) for text, (_, kind, optional) in cells))
            except ValueError:
                rejected += 1
    return kept, rejected


READERS = {
    f"polars {pl.__version__}, fixed schema": read_polars,
    f"DuckDB {duckdb.__version__}, reject table": read_duckdb,
    f"Python {sys.version_info.major}.{sys.version_info.minor} csv, strict, typed": read_python,
}


def judge(read, path, schema, sound, removed):
    try:
        rows, rejected = read(path, schema)
    except Exception:
        return "refused"
    kept = [row for at, row in enumerate(sound) if at not in removed]
    if rows == sound and rejected == 0:
        return "exact"
    if rejected == 0:
        return "silent"
    return "exact" if rows in (kept, sound) else "too much"


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        command = ["cargo", "run", "--release", "--quiet", "--example", "polluted_files", "--", str(folder)]
        subprocess.run(command, cwd=HOME, check=True)
        schemas = {}
        for row in csv.DictReader(open(folder / "schema.csv", encoding="utf-8")):
            key = (row["table"], row["dialect"])
            schema = schemas.setdefault(key, Schema(row["dialect"] == "danish"))
            schema.columns.append((row["header"], row["kind"], row["optional"] == "1"))
        sound = {}
        for key, schema in schemas.items():
            for name, read in READERS.items():
                path = folder / "sound" / key[1] / f"{key[0]}.csv"
                sound[name, key], rejected = read(path, schema)
                assert rejected == 0 and sound[name, key], (name, key)
        names = {"Exact": "exact", "OtherReason": "exact", "TooMuch": "too much", "Refused": "refused", "Silent": "silent"}
        counts, silent = {}, {}
        files = list(csv.DictReader(open(folder / "manifest.csv", encoding="utf-8")))
        for file in files:
            key = (file["table"], file["dialect"])
            removed = {int(row) for row in file["rows_lost"].split()}
            said = {"klip": names[file["klip"]], "Rust csv crate, width check": names[file["csv_crate"]]}
            for name, read in READERS.items():
                path = folder / "files" / file["file"]
                said[name] = judge(read, path, schemas[key], sound[name, key], removed)
            for name, verdict in said.items():
                for of in (file["class"], "all"):
                    counts[name, of, verdict] = counts.get((name, of, verdict), 0) + 1
                if name == "klip" and verdict != "exact":
                    silent[file["pollution"], verdict] = silent.get((file["pollution"], verdict), 0) + 1
    for of, title in [("all", "all files"), ("form", "pollution of a line, its ends or bytes"), ("cell", "pollution of one cell")]:
        total = sum(file["class"] == of or of == "all" for file in files)
        print(f"\n{title}: {total} files\n")
        print("| reader | exact | too much | refused | silent |\n|---|---:|---:|---:|---:|")
        for name in ["klip", *READERS, "Rust csv crate, width check"]:
            cells = [str(counts.get((name, of, verdict), 0)) for verdict in ("exact", "too much", "refused", "silent")]
            print(f"| {name} | " + " | ".join(cells) + " |")
    print("\nklip, other than exact:", *(f"{n} {v}: {p}" for (p, v), n in sorted(silent.items())), sep="\n  ")
    wrong = counts.get(("klip", "all", "silent"), 0)
    exact = counts.get(("klip", "all", "exact"), 0)
    sys.exit(0 if wrong == 0 and exact * 100 >= len(files) * 95 and len(files) >= 2000 else 1)


if __name__ == "__main__":
    main()
