"""Workbooks and Parquet files that claim too much: exit code, peak memory and time of `klip run`. Fails when a
run ends in another way than it must.

    cargo build --release && python3 benches/polluted/bombs.py

The peak is that of the largest of klip and its children, by the kernel's account.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
import zipfile

HOME = pathlib.Path(__file__).resolve().parents[2]
KLIP = HOME / "target/release/klip"
SPACE = "http://schemas.openxmlformats.org"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{SPACE}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{SPACE}/package/2006/relationships"><Relationship Id="rId1" Type="{SPACE}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{SPACE}/spreadsheetml/2006/main" xmlns:r="{SPACE}/officeDocument/2006/relationships"><sheets><sheet name="Ark1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{SPACE}/package/2006/relationships"><Relationship Id="rId1" Type="{SPACE}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
HEADER = "".join(
    f'<c r="{at}1" t="inlineStr"><is><t>{name}</t></is></c>'
    for at, name in zip("ABC", ["enrolment_id", "from_date", "to_date"])
)


def workbook(path, rows="", texts=""):
    """A sheet that declares every cell there can be, with a header and these rows."""
    sheet = f'<worksheet xmlns="{SPACE}/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1">{HEADER}</row>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as container:
        for name, content in PARTS.items():
            container.writestr(name, content)
        container.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SPACE}/spreadsheetml/2006/main"{texts or "/>"}')
        with container.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(sheet.encode())
            for block in rows if not isinstance(rows, str) else [rows]:
                part.write(block.encode())
            part.write(b"</sheetData></worksheet>")


def bombs(folder):
    """Name, file name, how the run must end, and what makes the file."""
    results = (folder / "parquet/results.parquet").read_bytes()
    torn = bytearray(results)
    torn[4:200] = b"\xff" * 196

    def rows(many):
        for first in range(2, many, 1000):
            yield "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' for r in range(first, min(first + 1000, many)))

    yield "a sheet that declares 17,179,869,184 cells", "youth_cards.xlsx", 0, lambda path: workbook(path)
    yield "a part of 1 GiB of blanks", "youth_cards.xlsx", 3, lambda path: workbook(path, (" " * (1 << 20) for _ in range(1024)))
    yield "10^15 shared texts declared", "youth_cards.xlsx", 3, lambda path: workbook(path, texts=' uniqueCount="1000000000000000"></sst>')
    yield "10^9 shared texts declared", "youth_cards.xlsx", 3, lambda path: workbook(path, texts=' uniqueCount="1000000000"></sst>')
    yield "1,048,575 rows that are all wrong", "youth_cards.xlsx", 3, lambda path: workbook(path, rows(1 << 20))
    yield "Parquet cut in half", "results.parquet", 3, lambda path: path.write_bytes(results[: len(results) // 2])
    yield "Parquet with torn pages", "results.parquet", 3, lambda path: path.write_bytes(torn)


def main():
    sys.stdout.reconfigure(line_buffering=True)
    print("| file | bytes | exit | peak MiB | seconds |\n|---|---:|---:|---:|---:|")
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for form in ("csv", "parquet"):
            generate = ["generate", "--students", "200", "--format", form, "--output", str(folder / form)]
            subprocess.run([KLIP, *generate], check=True, stdout=subprocess.DEVNULL)
        for name, file, expected, make in bombs(folder):
            exports = folder / ("parquet" if file.endswith("parquet") else "csv")
            path = exports / file
            kept = path.read_bytes() if path.exists() else None
            moved = exports / "youth_cards.csv"
            hidden = moved.rename(folder / "kept.csv") if file == "youth_cards.xlsx" else None
            make(path)
            command = [KLIP, "run", HOME / "pipelines/semester_inspection_plain.toml", "--input", exports, "--dry-run", "--quiet"]
            start = time.monotonic()
            child = subprocess.Popen(["timeout", "60", *command], stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            ended = os.waitstatus_to_exitcode(status)
            took = time.monotonic() - start
            peak = usage.ru_maxrss // 1024
            print(f"| {name} | {path.stat().st_size} | {ended} | {peak} | {took:.1f} |")
            wrong += [f"{name}: exit code {ended}, not {expected}"] if ended != expected else []
            if hidden:
                path.unlink()
                hidden.rename(moved)
            elif kept is not None:
                path.write_bytes(kept)
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
