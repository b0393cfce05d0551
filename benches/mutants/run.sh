#!/usr/bin/env bash
# Moves every threshold and drops every condition of the verdict code, one at a time, and asks the case tables
# and the unit tests whether they notice.
# Usage, from the repository: benches/mutants/run.sh [TEXT | NUMBER]. Lists the survivors; fails when one is
# neither noticed nor explained in benches/mutants/equivalent.txt. With a text: only files whose path holds
# it. With a number: shows what fails under that mutant of the last run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tree="$root/target/mutants/tree"
fresh="$root/target/mutants/fresh"
list="$root/target/mutants/list.tsv"
text="" number=""
case "${1-}" in
  "") ;;
  *[!0-9]*) text=$1 ;;
  *) number=$1 ;;
esac

if [ -z "$number" ] || [ ! -d "$tree" ]; then
  rm -rf "$fresh"
  mkdir -p "$fresh" "$tree"
  cp -a "$root"/{Cargo.toml,Cargo.lock,src,tests,pipelines,reports,docs} "$fresh"
  # Only the library and the case tables are built, under another name: cargo would take a package
  # of the same name in the same target folder for the real one.
  rm "$fresh/src/main.rs"
  sed -i '/^\[\[/,/^$/d; s/^name = "klippekort"$/name = "klippekort-mutants"/' "$fresh/Cargo.toml"
  sed -i '/^\[lib\]/,/^$/s/^name = .*/name = "klippekort"/' "$fresh/Cargo.toml"
  sed -i 's/^name = "klippekort"$/name = "klippekort-mutants"/' "$fresh/Cargo.lock"
  CARGO_TARGET_DIR="$root/target/mutants/tool" \
    cargo run --release --locked --quiet --manifest-path "$here/Cargo.toml" -- "$fresh" > "$list"
  # A file that is the same keeps its time, so that cases alone need no build.
  (cd "$tree" && find . -type f) | while read -r file; do
    [ -e "$fresh/$file" ] || rm "$tree/$file"
  done
  (cd "$fresh" && find . -type f) | while read -r file; do
    cmp -s "$fresh/$file" "$tree/$file" || { mkdir -p "$(dirname "$tree/$file")"; cp "$fresh/$file" "$tree/$file"; }
  done
fi
# The libraries are those of the ordinary build.
built=$(cd "$tree" && CARGO_TARGET_DIR="$root/target" cargo test --release --lib --test cases --no-run \
  --message-format=json 2> "$root/target/mutants/build.log" |
  sed -nE 's/.*"executable":"([^"]+)".*/\1/p') || true
[ -n "$built" ] || { cat "$root/target/mutants/build.log"; exit 1; }
export built
cd "$tree"
if [ -n "$number" ]; then
  awk -F'\t' -v id="$number" '$1 == id' "$list"
  for test in $built; do KLIP_MUTANT="$number" "$test" 2>&1 | tail -40; done
  exit
fi
for test in $built; do
  "$test" > "$root/target/mutants/unmutated.log" 2>&1 || { cat "$root/target/mutants/unmutated.log"; exit 1; }
done
one() {
  # A mutant that never ends takes memory as fast as it can.
  ulimit -v $((8 << 20))
  for test in $built; do KLIP_MUTANT="$1" timeout 120 "$test" > /dev/null 2>&1 || return 0; done
  echo "$1"
}
export -f one
chosen="$root/target/mutants/chosen"
awk -F'\t' -v text="$text" 'index($2, text) { print $1 }' "$list" > "$chosen"
[ -s "$chosen" ] || { echo "no file with mutants has $text in its path"; exit 1; }
xargs -P "$(nproc)" -I{} bash -c 'one {}' < "$chosen" | sort -n > "$root/target/mutants/survivors"

# A survivor is explained by its file, its expression and what it becomes; lines move.
keys="$root/target/mutants/keys"
while read -r id; do
  awk -F'\t' -v id="$id" '$1 == id' "$list"
done < "$root/target/mutants/survivors" | tee "$root/target/mutants/survived.tsv" |
  sed -E 's/^[0-9]+\t([^:]+):[0-9]+\t(.*)$/\1\t\2/' > "$keys"
unexplained=0
while IFS= read -r key && IFS= read -r line <&3; do
  grep -qxF -- "$key" "$here/equivalent.txt" || { printf '%s\n' "$line"; unexplained=$((unexplained + 1)); }
done < "$keys" 3< "$root/target/mutants/survived.tsv"
all=$(wc -l < "$chosen")
survived=$(wc -l < "$keys")
printf '%s mutants, %s noticed, %s explained, %s unexplained\n' "$all" \
  "$((all - survived))" "$((survived - unexplained))" "$unexplained"
# An explanation that nothing needs any more would hide a later survivor.
if [ -z "$text" ] && grep -v -e '^#' -e '^$' "$here/equivalent.txt" | grep -vxFf "$keys"; then
  echo "These are noticed: take them out of equivalent.txt."
  exit 1
fi
[ "$unexplained" -eq 0 ]
