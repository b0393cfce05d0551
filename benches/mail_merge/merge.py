"""A real mail merge in LibreOffice, driven by mail_merge.xlsx of a run; and both workbooks opened.

Usage: python3 merge.py RUN_FOLDER
       python3 merge.py --hostile KLIP

The second form makes a run of its own, with the program KLIP, in which every student has a name that
a spreadsheet would run, shorten or reformat.

Needs LibreOffice (calc, writer, base) with its Python bridge: on Debian
`apt-get install libreoffice-calc libreoffice-writer libreoffice-base python3-uno`, and then
Debian's own /usr/bin/python3. Nothing is read but the workbook itself, so the check knows no more
than a mail merge does. Prints what was compared; ends with 1 when a letter does not show its row.
"""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from xml.etree import ElementTree

import uno
from com.sun.star.beans import PropertyValue

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# One field a line, so that a printed value can be compared as a whole.
FIELDS = ["enrolment_id", "letter", "language", "given_name", "family_name", "email", "student_id",
          "programme_code", "programme_title", "started_on", "letter_date", "results_through",
          "deadline_date", "deadline_time", "klip_net", "ects_missing", "courses", "klip_left"]


def rows_of(workbook):
    """The rows as the file holds them: heading to text. Anything but text in a cell is an error."""
    with zipfile.ZipFile(workbook) as parts:
        shared = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
        texts = ["".join(node.text or "" for node in item.iter(f"{MAIN}t")) for item in shared]
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    assert not list(sheet.iter(f"{MAIN}f")), "a formula in the workbook"
    rows = []
    for row in sheet.iter(f"{MAIN}row"):
        cells = {}
        for cell in row:
            value = cell.find(f"{MAIN}v")
            if value is not None:
                assert cell.get("t") == "s", f"{cell.get('r')} is not text"
                cells[re.sub(r"\d", "", cell.get("r"))] = texts[int(value.text)]
        rows.append(cells)
    names = rows[0]
    return [{heading: row.get(column, "") for column, heading in names.items()} for row in rows[1:]]


def prop(name, value):
    return PropertyValue(Name=name, Value=value)


class Office:
    def __init__(self, scratch):
        self.scratch = scratch
        profile = (scratch / "profile").as_uri()
        pipe = f"klip{time.monotonic_ns()}"
        self.process = subprocess.Popen(
            ["soffice", "--headless", "--norestore", f"-env:UserInstallation={profile}",
             f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(240):
            try:
                self.context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                time.sleep(0.25)
        else:
            raise SystemExit("error: LibreOffice did not start")

    def service(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def open(self, url):
        return self.service("com.sun.star.frame.Desktop").loadComponentFromURL(url, "_blank", 0, (prop("Hidden", True),))

    def close(self):
        try:
            self.service("com.sun.star.frame.Desktop").terminate()
        except Exception:
            pass
        self.process.wait(timeout=60)


def register(office, workbook):
    """Makes the workbook a data source, as the merge assistant does."""
    databases = office.service("com.sun.star.sdb.DatabaseContext")
    source = databases.createInstance()
    source.URL = "sdbc:calc:" + workbook.resolve().as_uri()
    source.DatabaseDocument.storeAsURL((office.scratch / "letters.odb").as_uri(), ())
    databases.registerObject("letters", source)


def template(office):
    """A letter with one merge field a line."""
    document = office.open("private:factory/swriter")
    text, cursor = document.Text, document.Text.createTextCursor()
    for name in FIELDS:
        master = document.createInstance("com.sun.star.text.fieldmaster.Database")
        master.DataBaseName, master.DataTableName, master.DataColumnName = "letters", "mail_merge", name
        field = document.createInstance("com.sun.star.text.textfield.Database")
        field.attachTextFieldMaster(master)
        text.insertString(cursor, f"{name}=[", False)
        text.insertTextContent(cursor, field, False)
        text.insertString(cursor, "]\n", False)
    url = (office.scratch / "letter.odt").as_uri()
    document.storeAsURL(url, ())
    document.close(True)
    return url


def merge(office, url):
    merger = office.service("com.sun.star.text.MailMerge")
    merger.DataSourceName, merger.CommandType, merger.Command = "letters", 0, "mail_merge"
    merger.DocumentURL, merger.OutputType = url, 2
    merger.OutputURL, merger.SaveAsSingleFile = office.scratch.as_uri(), True
    merger.FileNamePrefix = "merged"
    merger.execute(())
    written = sorted(office.scratch.glob("merged*.odt"))
    assert len(written) == 1, f"merged files: {[path.name for path in office.scratch.iterdir()]}"
    merged = office.open(written[0].as_uri())
    texts = []
    paragraphs = merged.Text.createEnumeration()
    while paragraphs.hasMoreElements():
        texts.append(paragraphs.nextElement().String)
    merged.close(True)
    return "\n".join(texts)


def open_in_calc(office, workbook):
    """Every cell as Calc types it: (text cells, formula cells, number cells)."""
    document = office.open(workbook.resolve().as_uri())
    counts = {"TEXT": 0, "FORMULA": 0, "VALUE": 0}
    for sheet in document.Sheets:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last_row, last_column = cursor.RangeAddress.EndRow, cursor.RangeAddress.EndColumn
        for row in range(last_row + 1):
            for column in range(last_column + 1):
                kind = sheet.getCellByPosition(column, row).Type.value
                if kind != "EMPTY":
                    counts[kind] += 1
    document.close(True)
    return counts


HOSTILE = ["=1+1", "+1-1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "0800", "00001234", "1e5", "1/2", "2027-03-15",
           "TRUE", "' quoted", 'a;b"c', "＝1", "Åse & Ægir", "<b>x</b>"]


def hostile_run(klip, scratch):
    exports, runs = scratch / "exports", scratch / "runs"
    subprocess.run([klip, "generate", "--students", "400", "--seed", "11", "--output", exports], check=True,
                   stdout=subprocess.DEVNULL)
    register = exports / "enrolments.csv"
    with register.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    for number, row in enumerate(rows[1:]):
        row[rows[0].index("given_name")] = HOSTILE[number % len(HOSTILE)]
        row[rows[0].index("family_name")] = HOSTILE[number // 7 % len(HOSTILE)]
    with register.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    subprocess.run([klip, "run", "pipelines/semester_inspection_plain.toml", "--input", exports, "--output", runs,
                    "--quiet"], check=True)
    return next(runs.glob("inspection_date=*"))


def main():
    with tempfile.TemporaryDirectory() as folder:
        hostile = sys.argv[1] == "--hostile"
        check(hostile_run(sys.argv[2], pathlib.Path(folder)) if hostile else pathlib.Path(sys.argv[1]))


def check(run):
    workbook = run / "mail_merge.xlsx"
    rows = rows_of(workbook)
    assert rows, "no letter to merge"
    with tempfile.TemporaryDirectory() as folder:
        office = Office(pathlib.Path(folder))
        try:
            register(office, workbook)
            merged = merge(office, template(office))
            calc = {name: open_in_calc(office, run / name) for name in ["mail_merge.xlsx", "worklist.xlsx"]}
        finally:
            office.close()
    problems = []
    for name, counts in calc.items():
        print(f"{name} in LibreOffice Calc: {counts['TEXT']} text cells, {counts['VALUE']} numbers and dates, {counts['FORMULA']} formulas")
        if counts["FORMULA"]:
            problems.append(f"{name}: {counts['FORMULA']} formulas")
    if calc["mail_merge.xlsx"]["VALUE"]:
        problems.append("mail_merge.xlsx: a cell is not text")
    letters = merged.split(f"{FIELDS[0]}=[")[1:]
    letters = [f"{FIELDS[0]}=[{letter}" for letter in letters]
    if len(letters) != len(rows):
        problems.append(f"{len(rows)} rows, but {len(letters)} merged letters")
    compared = 0
    for row, letter in zip(rows, letters):
        for name in FIELDS:
            shown = letter.split(f"{name}=[", 1)[1].split("]\n", 1)[0]
            compared += 1
            if shown != row[name]:
                problems.append(f"{row['enrolment_id']} {row['letter']}: the field {name} is not printed as written")
    print(f"LibreOffice mail merge: {len(letters)} letters, {compared} merged fields compared, {len(problems)} problems")
    for problem in problems[:20]:
        print(f"error: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
