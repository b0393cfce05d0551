"""Reads the three large tables as text columns, and nothing else: the yardstick of wall time."""

import pathlib
import sys

import polars

folder = pathlib.Path(sys.argv[1])
for table in ("results", "su_payments", "enrolments"):
    csv = folder / f"{table}.csv"
    if csv.exists():
        frame = polars.read_csv(csv, infer_schema=False)
    else:
        frame = polars.read_parquet(folder / f"{table}.parquet")
    print(table, frame.height)
