"""Reads a run folder the way analysts do and compares what they see with the contract.

Usage: outputs.py RUN_FOLDER. Also executes every ```sql and ```python block of the README and of docs/tables.md.
"""

import csv
import json
import pathlib
import re
import sys

import duckdb
import openpyxl
import pandas
import polars as pl
import pyarrow.parquet as pq

RUN = pathlib.Path(sys.argv[1])
ECTS = "DECIMAL(7,2)"
SUM = "DECIMAL(12,2)"
TYPES = {
    "inspection": {
        "student_id": "VARCHAR", "enrolment_id": "VARCHAR", "programme_code": "VARCHAR", "level": "VARCHAR",
        "started_on": "DATE", "status": "VARCHAR", "inspection_date": "DATE", "regime": "VARCHAR",
        "klip_gross": "INTEGER", "klip_parental": "INTEGER", "klip_extra": "INTEGER", "klip_net": "INTEGER",
        "control_point": "INTEGER", "ects_counted": ECTS, "ects_provisional": ECTS, "ects_transferred": ECTS,
        "ects_required": ECTS, "ects_missing": ECTS, "ects_behind": ECTS, "progress": "VARCHAR",
        "start_check": "VARCHAR", "su_status": "VARCHAR", "robust": "BOOLEAN", "flips": "VARCHAR[]",
        "portions_left": "INTEGER", "ects_last_two_semesters": ECTS, "five_ects": "VARCHAR",
        "maximum_date": "DATE", "maximum_state": "VARCHAR", "months_late": "INTEGER", "guidance": "VARCHAR",
        "courses_last_attempt": "INTEGER", "courses_exhausted": "INTEGER", "pass_fail_ects": ECTS,
        "external_ects": ECTS, "ratio_base": ECTS, "pass_fail_third": "VARCHAR", "external_third": "VARCHAR",
        "needs_review": "BOOLEAN", "review_reasons": "VARCHAR[]", "letters": "VARCHAR[]",
    },
    "attempts": {
        "enrolment_id": "VARCHAR", "course_group": "VARCHAR", "used": "INTEGER", "allowed": "INTEGER",
        "ill": "INTEGER", "passed": "BOOLEAN", "pending": "BOOLEAN", "state": "VARCHAR", "last_exam_date": "DATE",
    },
    "extra_portions": {
        "claim_id": "VARCHAR", "enrolment_id": "VARCHAR", "months_supported": "INTEGER", "ects_expected": ECTS,
        "ects_passed": ECTS, "ects_delay": ECTS, "ects_remainder": ECTS, "portions_estimate": "INTEGER",
        "capped_by": "VARCHAR", "conditions": 'STRUCT("name" VARCHAR, state VARCHAR)[]',
        "needs_review": "BOOLEAN", "review_reasons": "VARCHAR[]",
        "ects_whole_delay": ECTS, "portions_granted": "INTEGER", "committee_left": "INTEGER",
    },
    "findings": {
        "finding_id": "VARCHAR", "enrolment_id": "VARCHAR", "rule": "VARCHAR", "severity": "VARCHAR",
        "message": "VARCHAR", "evidence": 'STRUCT(fact VARCHAR, "value" VARCHAR, source VARCHAR)[]',
    },
    "progress": {"enrolment_id": "VARCHAR", "month": "VARCHAR", "klip_net": "INTEGER", "ects": ECTS},
    "programme_ratios": {
        "programme_code": "VARCHAR", "students": "INTEGER", "pass_fail_ects": SUM, "external_ects": SUM,
        "own_ects": SUM, "pass_fail_within": "INTEGER", "pass_fail_breached": "INTEGER", "external_met": "INTEGER",
        "external_reachable": "INTEGER", "external_unreachable": "INTEGER", "unknown": "INTEGER",
    },
    "curriculum": {
        "enrolment_id": "VARCHAR", "requirement": "VARCHAR", "required": ECTS, "counted": ECTS, "missing": ECTS,
    },
    "rejected": {
        "table": "VARCHAR", "file": "VARCHAR", "line": None, "column": "VARCHAR", "reason": "VARCHAR",
        "value": "VARCHAR",
    },
}
DICTIONARY = {"inspection": ["progress", "su_status", "regime", "level"], "attempts": ["state"]}

problems = []


def expect(condition, message):
    if not condition:
        problems.append(message)


record = json.loads((RUN / "run.json").read_text())
written = {pathlib.Path(out["path"]).stem: out["rows"] for out in record["outputs"] if out["path"].endswith(".parquet")}
plain = lambda kind: str(kind).replace('"', "")
for table, columns in TYPES.items():
    path = RUN / f"{table}.parquet"
    seen = {name: kind for name, kind, *_ in duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()}
    order = [name for name in seen if name in columns]
    expect(order == list(columns), f"{table}: columns {list(seen)}")
    for name, kind in columns.items():
        if kind is not None:
            expect(plain(seen.get(name)) == plain(kind), f"{table}.{name}: {seen.get(name)} instead of {kind}")
    counts = {
        "duckdb": duckdb.sql(f"SELECT count(*) FROM '{path}'").fetchall()[0][0],
        "polars": pl.read_parquet(path).height,
        "pandas": len(pandas.read_parquet(path)),
        "run.json": written[table],
    }
    expect(len(set(counts.values())) == 1, f"{table}: {counts}")
    metadata = pq.ParquetFile(path).metadata
    for group in range(metadata.num_row_groups):
        compressions = {metadata.row_group(group).column(c).compression for c in range(metadata.num_columns)}
        expect(compressions == {"ZSTD"}, f"{table}: compression {compressions}")
    arrow = pq.read_schema(path)
    for name in DICTIONARY.get(table, []):
        expect("dictionary" in str(arrow.field(name).type), f"{table}.{name}: {arrow.field(name).type}")

# A filter must find the same rows in every engine: wrong statistics lose rows silently.
path = RUN / "inspection.parquet"
for column in ("progress", "su_status", "five_ects"):
    for (value,) in duckdb.sql(f"SELECT DISTINCT {column} FROM '{path}' WHERE {column} IS NOT NULL").fetchall():
        found = {
            "duckdb": duckdb.sql(f"SELECT count(*) FROM '{path}' WHERE {column} = '{value}'").fetchall()[0][0],
            "polars": pl.scan_parquet(path).filter(pl.col(column) == value).collect().height,
            "pyarrow": pq.read_table(path, filters=[(column, "=", value)]).num_rows,
        }
        expect(len(set(found.values())) == 1, f"filter {column} = {value}: {found}")

ids = [i for (i,) in duckdb.sql(f"SELECT enrolment_id FROM '{path}'").fetchall()]
expect(ids == sorted(ids) and len(ids) == len(set(ids)), "inspection is not sorted by its key")

# The workbooks as an office opens them: all text to merge from, typed cells to work with.
book = openpyxl.load_workbook(RUN / "mail_merge.xlsx")
cells = [cell for row in book["mail_merge"].iter_rows() for cell in row if cell.value is not None]
expect({cell.data_type for cell in cells} == {"s"}, f"mail_merge.xlsx: cells {({cell.data_type for cell in cells})}")
expect({cell.number_format for cell in cells} == {"@"}, "mail_merge.xlsx: a cell without the format @")
expect(max(len(cell.value) for cell in cells) <= 255, "mail_merge.xlsx: a cell of more than 255 characters")
merged = {row["enrolment_id"] + row["letter"] for row in csv.DictReader(
    (RUN / "mail_merge.csv").open(encoding="utf-8-sig", newline=""), delimiter=";")}
expect(len(merged) == book["mail_merge"].max_row - 1 == sum(record["letters"].values()), "mail_merge: rows and letters")
book = openpyxl.load_workbook(RUN / "worklist.xlsx")
sheet = book["worklist"]
heading = {cell.value: cell.column - 1 for cell in sheet[1]}
rows = list(sheet.iter_rows(min_row=2))
expect(sheet.freeze_panes is not None and sheet.auto_filter.ref is not None, "worklist.xlsx: frozen heading and filter")
choices = {(choice.type, choice.formula1) for choice in sheet.data_validations.dataValidation}
expect(choices == {("list", '"approve,hold"')}, f"worklist.xlsx: drop-down {choices}")
kinds = lambda name: {row[heading[name]].data_type for row in rows if row[heading[name]].value is not None}
for name, kind in [("enrolment_id", "s"), ("name", "s"), ("deadline", "d"), ("klip_net", "n"), ("ects_missing", "n")]:
    expect(kinds(name) == {kind}, f"worklist.xlsx: {name} holds {kinds(name)}")
expect(not any(cell.data_type == "f" for row in rows for cell in row), "worklist.xlsx: a formula")
steps = [row[heading["step"]].value for row in rows]
expect(steps.count("letter") == sum(record["letters"].values()), "worklist.xlsx: one row per letter")
expect(book.properties.created.date().isoformat() == record["dates"]["inspection_date"], "worklist.xlsx: its date")

of_page = lambda page: re.findall(r"```(sql|python)\n(.*?)```", pathlib.Path(page).read_text(), re.S)
blocks = of_page("README.md")
expect({kind for kind, _ in blocks} == {"sql", "python"}, "the README shows one query for DuckDB and one for Polars")
blocks += of_page("docs/tables.md")
for kind, text in blocks:
    print(f"-- of the pages, {kind}:\n{text.strip()}")
    if kind == "sql":
        answer = duckdb.sql(text)
        print(answer)
        expect(len(answer.fetchall()) > 0, "a page's SQL finds nothing")
    else:
        scope = {}
        exec(compile(text, "README.md", "exec"), scope)
        expect(scope["waiting"].height > 0, "the README's Polars finds nothing")

for problem in problems:
    print(f"error: {problem}", file=sys.stderr)
print(f"{len(TYPES)} tables checked, {len(problems)} problems")
sys.exit(1 if problems else 0)
