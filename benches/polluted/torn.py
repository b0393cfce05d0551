"""Workbooks and Parquet files that are damaged at many places: what `klip run` makes of each.

    cargo build --release && .venv/bin/python benches/polluted/torn.py [--every K] [--jobs N]

A small inspection reads its results from a workbook, from Parquet as klip and most programs write it, and
from Parquet whose pages have checksums, in which one place is damaged: a byte turned round, sixteen bytes
zeroed, a byte lost, a byte too many, the file cut off there; at 28 places of each file, the first and
the last bytes among them. Each must end in one of four ways (compare.py says how to make .venv):

* refused: exit code 3 and a message that names the file and says what to do;
* as it was: the tables are byte for byte those of the sound file;
* told: the tables are others, and rows of the file are listed as rejected or repaired;
* unseen: the tables are others, and nothing is said. Of a workbook and of pages with checksums this must
  never happen; in a page without one a value may become another of its kind.

Anything else (another exit code, a signal, a panic, more than a minute) is wrong and fails the command.
"""

import argparse
import collections
import concurrent.futures
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.sax.saxutils
import zipfile

import pyarrow.parquet

from bombs import HOME, KLIP, PARTS, SPACE

PLACES = 28
PLAIN, CHECKED = "parquet", "parquet with checksums"
FORMS = {"xlsx": "results.xlsx", PLAIN: "results.parquet", CHECKED: "results.parquet"}
DAMAGES = {
    "byte turned round": lambda whole, at: whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :],
    "bytes zeroed": lambda whole, at: whole[:at] + bytes(min(16, len(whole) - at)) + whole[at + 16 :],
    "byte lost": lambda whole, at: whole[:at] + whole[at + 1 :],
    "byte too many": lambda whole, at: whole[:at] + b"\x55" + whole[at:],
    "cut off": lambda whole, at: whole[:at],
}


def workbook(path, table):
    """The rows of a CSV file as shared texts of one sheet."""
    texts, rows = {}, []
    for number, row in enumerate(csv.reader(open(table, encoding="utf-8", newline="")), 1):
        cells = (
            f'<c r="{chr(65 + at)}{number}" t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>'
            for at, cell in enumerate(row) if cell
        )
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    shared = "".join(f"<si><t>{xml.sax.saxutils.escape(text)}</t></si>" for text in texts)
    parts = PARTS | {
        "xl/sharedStrings.xml": f'<sst xmlns="{SPACE}/spreadsheetml/2006/main">{shared}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SPACE}/spreadsheetml/2006/main"><sheetData>{"".join(rows)}</sheetData></worksheet>',
    }
    relation = f'<Relationship Id="rId2" Type="{SPACE}/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace("</Relationships>", relation)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, content)


def run(exports, output):
    command = [KLIP, "run", HOME / "pipelines/semester_inspection_plain.toml", "--input", exports,
               "--output", output, "--no-letters", "--quiet", "--threads", "1"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def written(output):
    """The tables of the one run, and the rows of results that are listed."""
    folder = next(output.glob("inspection_date=*"))
    tables = {path.name: path.read_bytes() for path in folder.glob("*.parquet") if path.name != "rejected.parquet"}
    inputs = json.loads((folder / "run.json").read_text())["inputs"]
    listed = sum(file["rows_rejected"] + file["rows_repaired"] for file in inputs if file["table"] == "results")
    return tables, listed


def judge(exports, file, bytes_, sound):
    """In which way it ended, and what is wrong with that."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, output = pathlib.Path(scratch, "exports"), pathlib.Path(scratch, "runs")
        folder.mkdir()
        for path in exports.iterdir():
            (folder / path.name).symlink_to(path)
        (folder / file).unlink()
        (folder / file).write_bytes(bytes_)
        try:
            ended = run(folder, output)
        except subprocess.TimeoutExpired:
            return "wrong", "took more than a minute"
        if "panicked" in ended.stderr or "defect" in ended.stderr:
            return "wrong", ended.stderr
        if ended.returncode == 3 and file in ended.stderr and "help:" in ended.stderr:
            return "refused", None
        if ended.returncode not in (0, 1):
            return "wrong", f"exit code {ended.returncode}: {ended.stderr}"
        tables, listed = written(output)
        if tables == sound[0]:
            return "as it was", None
        return ("told" if listed > sound[1] else "unseen"), None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="only every K-th place")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        tasks, sounds = [], {}
        for form, file in FORMS.items():
            exports = scratch / form
            kind = "csv" if file.endswith("xlsx") else "parquet"
            generate = ["generate", "--students", "12", "--seed", "7", "--format", kind, "--output", exports]
            subprocess.run([KLIP, *generate], check=True, stdout=subprocess.DEVNULL)
            if form == "xlsx":
                workbook(exports / "results.xlsx", exports / "results.csv")
                (exports / "results.csv").unlink()
            elif form == CHECKED:
                table = pyarrow.parquet.read_table(exports / file)
                pyarrow.parquet.write_table(table, exports / file, write_page_checksum=True)
            ended = run(exports, scratch / f"{form}-runs")
            assert ended.returncode == 0, ended.stderr
            sounds[form] = written(scratch / f"{form}-runs")
            whole = (exports / file).read_bytes()
            for at in range(0, PLACES, arguments.every):
                place = at * (len(whole) - 1) // (PLACES - 1)
                tasks += [(form, exports, name, place, damage(whole, place)) for name, damage in DAMAGES.items()]
        counts, wrong = collections.Counter(), []
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            def ended(task):
                form, exports, _, _, bytes_ = task
                return judge(exports, FORMS[form], bytes_, sounds[form])

            for (form, _, name, place, _), (way, problem) in zip(tasks, pool.map(ended, tasks)):
                counts[form, way] += 1
                if problem or (form != PLAIN and way == "unseen"):
                    wrong.append(f"{form}, {name} at byte {place}: {way}: {problem}")
        for (form, way), count in sorted(counts.items()):
            print(f"{form:22} {way:10} {count:4}")
        print("\n".join(wrong))
        print(f"{len(tasks)} damaged files, {len(wrong)} wrong")
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
