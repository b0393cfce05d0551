"""Computes the inspection and attempts tables from a folder of input tables, in SQL.

Reads `<table>.csv` (comma, dot, ISO dates) or `<table>.parquet` under the contract's names and
runs the SQL files beside this script in order. All rules are in the SQL; this script only gives
the columns their types and the run its dates.
"""

import argparse
import datetime
import pathlib
import time

import duckdb

# The columns the rules read. A trailing ? marks one that may be missing from the file altogether.
TABLES = {
    "enrolments": {
        "student_id": "text", "enrolment_id": "text", "cpr?": "text", "programme_code": "text", "started_on": "date",
        "status": "text", "ended_on?": "date", "support_extension_months?": "int",
        "shortening_credit_ects?": "ects", "readmitted_on?": "date", "disability_supplement?": "bool",
        "single_parent?": "bool",
    },
    "programmes": {
        "programme_code": "text", "level": "text", "ects": "ects", "prescribed_months": "int", "max_months": "int",
    },
    "courses": {
        "course_code": "text", "grading": "text", "external_examiner": "bool", "discontinued_on?": "date",
    },
    "course_equivalences": {
        "course_code": "text", "equivalent_course_code": "text", "kind?": "text",
    },
    "results": {
        "enrolment_id": "text", "course_code": "text", "ects": "ects", "result": "result", "exam_date": "date",
        "assessed_on": "date", "transferred": "bool", "transferred_from?": "text", "transitional?": "bool",
        "superseded?": "bool",
    },
    "exam_registrations": {
        "enrolment_id": "text", "course_code": "text", "exam_date": "date", "registered_on": "date",
        "withdrawn_on?": "date", "withdrawal_deadline?": "date", "course_cancelled?": "bool",
    },
    "su_payments": {
        "enrolment_id": "text", "month": "month", "kind": "text", "portions": "int",
    },
    "extra_portion_grants": {
        "enrolment_id": "text", "granted_on": "date", "portions": "int", "reason": "text",
    },
    "leaves": {
        "enrolment_id": "text", "from_date": "date", "to_date": "date",
    },
    "exemptions": {
        "enrolment_id": "text", "kind": "text", "course_code?": "text", "granted_on": "date", "amount": "int",
    },
    "projects": {
        "enrolment_id": "text", "kind": "text", "starts_on": "date", "due_on": "date", "extended_to?": "date",
        "finished_on?": "date", "course_code?": "text", "abandoned_on?": "date",
    },
    "approvals_abroad": {
        "enrolment_id": "text", "from_date": "date", "to_date": "date",
    },
}

SQL_FILES = ["parameters.sql", "passes.sql", "exams.sql", "su.sql", "degree.sql", "doubts.sql", "inspection.sql"]

OUTPUTS = {"inspection": "enrolment_id", "attempts": "enrolment_id, course_group"}

# {} is the column's text, or null for an empty cell.
CASTS = {
    "text": "{}",
    "int": "CAST({} AS INTEGER)",
    "date": "CAST({} AS DATE)",
    "ects": "CAST({} AS DECIMAL(7, 2))",
    # A month is kept as its first day.
    "month": "CAST(substr({}, 1, 7) || '-01' AS DATE)",
    "bool": "CASE lower({}) WHEN '1' THEN true WHEN 'true' THEN true WHEN 'ja' THEN true"
            " WHEN '0' THEN false WHEN 'false' THEN false WHEN 'nej' THEN false"
            " ELSE CASE WHEN {} IS NOT NULL THEN error('not a yes or no: ' || {}) END END",
    # Spreadsheets lose the leading zero of 02 and 00.
    "result": "CASE {} WHEN '2' THEN '02' WHEN '0' THEN '00' ELSE {} END",
}

SQL_TYPES = {"text": "VARCHAR", "int": "INTEGER", "date": "DATE", "ects": "DECIMAL(7, 2)",
             "month": "DATE", "bool": "BOOLEAN", "result": "VARCHAR"}

# Parquet columns that already have the type are taken as they are.
TYPED = {"int": ("INTEGER", "BIGINT", "SMALLINT", "TINYINT"), "date": ("DATE",), "ects": ("DECIMAL(7,2)",),
         "bool": ("BOOLEAN",), "text": (), "result": (), "month": ()}


def quoted(path):
    return "'" + str(path).replace("'", "''") + "'"


def source(folder, table):
    for suffix, reader in (("parquet", "read_parquet({}, hive_partitioning = false)"),
                           ("csv", "read_csv({}, header = true, all_varchar = true, delim = ',', quote = '\"')")):
        path = folder / f"{table}.{suffix}"
        if path.exists():
            return reader.format(quoted(path))
    raise SystemExit(f"{folder}: no {table}.csv or {table}.parquet")


def create_view(db, folder, table, columns):
    relation = source(folder, table)
    present = {name: kind for name, kind, *_ in db.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
    selected = []
    for column, kind in columns.items():
        name = column.rstrip("?")
        if name not in present:
            if not column.endswith("?"):
                raise SystemExit(f"{table}: column {name} is missing")
            selected.append(f"CAST(NULL AS {SQL_TYPES[kind]}) AS {name}")
        elif present[name] in TYPED[kind]:
            selected.append(name)
        elif kind == "ects" and present[name] == "DOUBLE":
            selected.append(f"CAST({name} AS DECIMAL(7, 2)) AS {name}")
        else:
            text = f"nullif(trim(CAST({name} AS VARCHAR)), '')"
            selected.append(CASTS[kind].replace("{}", text) + f" AS {name}")
    db.execute(f"CREATE VIEW {table} AS SELECT {', '.join(selected)} FROM {relation}")


def month(text):
    return datetime.date.fromisoformat(text + "-01")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--input", required=True, type=pathlib.Path, help="folder of input tables")
    parser.add_argument("--inspection-date", required=True, type=datetime.date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--payments-through", type=month, metavar="YYYY-MM", help="default: the inspection month")
    parser.add_argument("--results-through", type=datetime.date.fromisoformat, metavar="YYYY-MM-DD",
                        help="default: the inspection date")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="folder for the two tables")
    parser.add_argument("--threads", type=int, help="default: all cores")
    parser.add_argument("--timings", action="store_true", help="print the seconds of each SQL file")
    args = parser.parse_args()

    inspection_date = args.inspection_date
    payments_through = args.payments_through or inspection_date.replace(day=1)
    results_through = args.results_through or inspection_date

    here = pathlib.Path(__file__).resolve().parent
    folder = args.input.resolve()
    args.output.mkdir(parents=True, exist_ok=True)

    db = duckdb.connect()
    db.execute("SET preserve_insertion_order = false")
    db.execute("SET enable_progress_bar = false")
    if args.threads:
        db.execute(f"SET threads = {args.threads}")
    db.execute("CREATE TABLE run AS SELECT CAST(? AS DATE) AS inspection_date, CAST(? AS DATE) AS payments_through,"
               " CAST(? AS DATE) AS results_through", [inspection_date, payments_through, results_through])
    for table, columns in TABLES.items():
        create_view(db, folder, table, columns)
    for name in SQL_FILES:
        started = time.perf_counter()
        db.execute((here / name).read_text(encoding="utf-8"))
        if args.timings:
            print(f"{name:16} {time.perf_counter() - started:7.2f} s")

    for table, keys in OUTPUTS.items():
        path = quoted(args.output / f"{table}.parquet")
        db.execute(f"COPY (SELECT * FROM {table} ORDER BY {keys}) TO {path} (FORMAT parquet)")
        rows = db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        print(f"{table}: {rows} rows")


if __name__ == "__main__":
    main()
