#!/bin/sh
# Counts the instructions of a fixed small run and compares them with the recorded number, which does
# not depend on the machine's load. Needs valgrind and a release build.
#
#   benches/instructions.sh            compare; fails beyond 3 % more than recorded
#   benches/instructions.sh --record   write the number anew, with the change that explains it
set -eu
cd "$(dirname "$0")/.."
record=benches/instructions.txt
log=$(mktemp)
trap 'rm -f "$log"' EXIT
valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$log" \
    target/release/klip run pipelines/semester_inspection.toml --threads 1 --dry-run --quiet
counted=$(sed -n 's/.*Collected : *\([0-9]*\).*/\1/p' "$log")
[ -n "$counted" ] || { echo "valgrind's log has no count:" >&2; cat "$log" >&2; exit 1; }
if [ "${1-}" = --record ]; then
    echo "$counted" > "$record"
    echo "recorded $counted instructions"
    exit 0
fi
recorded=$(cat "$record")
echo "$counted instructions, recorded $recorded: $((counted * 1000 / recorded - 1000)) per mille more"
if [ $((counted * 100)) -gt $((recorded * 103)) ]; then
    echo "beyond 3 %: find the reason, or record the new number with it" >&2
    exit 1
fi
