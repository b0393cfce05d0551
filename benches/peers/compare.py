"""Compares a run of klip with the tables of compute.py, cell by cell.

Prints, for both tables, the keys that only one side has and the number of differing cells per
column with the first differing keys. Exit code 1 when anything differs, and when there was nothing to
differ in: a table without rows, or a column of codes that says the same of everybody.
"""

import argparse
import pathlib
import sys

import duckdb

KEYS = {"inspection": ["enrolment_id"], "attempts": ["enrolment_id", "course_group"]}
NOT_COMPUTED = {"letters", "letters_held"}
# Reasons that no rule of the rulebook gives: rows that are well formed and cannot all be true.
REASONS_NOT_COMPUTED = {
    "same_exam_twice", "credit_merged", "implausible_result_date", "paid_before_start", "too_many_portions",
    "repeated_payment", "portion_paid_back", "enrolled_twice", "implausible_register_row",
}
CODES = ("VARCHAR", "VARCHAR[]", "BOOLEAN")


def cell(side, column, kind):
    # A list is a set of codes here: its order is not part of the contract.
    return f"list_sort({side}.{column})" if kind.endswith("[]") else f"{side}.{column}"


def without_reasons_not_computed():
    reasons = ", ".join(f"'{reason}'" for reason in sorted(REASONS_NOT_COMPUTED))
    kept = f"list_filter(review_reasons, lambda reason: reason NOT IN ({reasons}))"
    return f"REPLACE ({kept} AS review_reasons, len({kept}) > 0 AS needs_review)"


def compare(db, table, klip_folder, peer_folder, shown):
    for side, folder in (("klip", klip_folder), ("peer", peer_folder)):
        path = str(folder / f"{table}.parquet").replace("'", "''")
        columns = "*"
        if table == "inspection" and side == "klip":
            columns += " " + without_reasons_not_computed()
        db.execute(f"CREATE OR REPLACE VIEW {side} AS SELECT {columns} FROM read_parquet('{path}', hive_partitioning = false)")
    described = {side: {name: kind for name, kind, *_ in db.execute(f"DESCRIBE {side}").fetchall()}
                 for side in ("klip", "peer")}
    keys = KEYS[table]
    key_text = " || ' ' || ".join("{side}." + key for key in keys)
    same_key = " AND ".join(f"klip.{key} = peer.{key}" for key in keys)
    different = 0

    counts = [db.execute(f"SELECT count(*) FROM {side}").fetchone()[0] for side in ("klip", "peer")]
    print(f"{table}: {counts[0]} rows in klip, {counts[1]} in the peer")
    if not all(counts):
        different += 1
        print("  a table is empty: nothing was compared")
    for side, other in (("klip", "peer"), ("peer", "klip")):
        repeated = counts[side == "peer"] - db.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT {', '.join(keys)} FROM {side})").fetchone()[0]
        if repeated:
            different += repeated
            print(f"  {repeated} repeated keys in {side}")
        missing = db.execute(
            f"SELECT {key_text.format(side=side)} FROM {side} ANTI JOIN {other} ON {same_key} ORDER BY 1").fetchall()
        if missing:
            different += len(missing)
            print(f"  {len(missing)} keys only in {side}: {', '.join(row[0] for row in missing[:shown])}")

    columns = [name for name in described["peer"] if name not in keys]
    for name in described["klip"]:
        if name not in described["peer"] and name not in NOT_COMPUTED:
            print(f"  column {name}: not in the peer, not compared")
    for name in columns:
        kind = described["peer"][name]
        if name not in described["klip"]:
            different += 1
            print(f"  column {name}: missing in klip")
            continue
        if described["klip"][name] != kind:
            print(f"  column {name}: {described['klip'][name]} in klip, {kind} in the peer")
        ours, theirs = cell("klip", name, kind), cell("peer", name, kind)
        where = f"FROM klip JOIN peer ON {same_key} WHERE {ours} IS DISTINCT FROM {theirs}"
        count = db.execute(f"SELECT count(*) {where}").fetchone()[0]
        if count:
            different += count
            print(f"  column {name}: {count} cells differ")
            for key, left, right in db.execute(
                    f"SELECT {key_text.format(side='klip')}, {ours}, {theirs} {where} ORDER BY 1 LIMIT {shown}").fetchall():
                print(f"    {key}: klip {left}, peer {right}")
        values = f"SELECT count(DISTINCT coalesce({{side}}.{name}::VARCHAR, '')) FROM {{side}}"
        if kind in CODES and all(db.execute(values.format(side=side)).fetchone()[0] < 2 for side in ("klip", "peer")):
            different += 1
            print(f"  column {name}: one value for everybody, so nothing was compared")
    print(f"  {'no difference' if different == 0 else f'{different} differences'}")
    return different


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("klip", type=pathlib.Path, help="folder of one klip run")
    parser.add_argument("peer", type=pathlib.Path, help="output folder of compute.py")
    parser.add_argument("--shown", type=int, default=5, help="differing keys to print per column (default 5)")
    args = parser.parse_args()
    db = duckdb.connect()
    different = [compare(db, table, args.klip, args.peer, args.shown) for table in KEYS]
    sys.exit(1 if any(different) else 0)


if __name__ == "__main__":
    main()
