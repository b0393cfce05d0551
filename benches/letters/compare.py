"""The same one-page letter with table and diagram, printed by klip and by its peers, in turn.

Usage: compare.py [--letters N] [--rounds N]   from the root of the repository, after
  cargo build --release --example print_letters
  pip install -r benches/letters/requirements.txt      (WeasyPrint, docxtpl)
  apt-get install chromium libreoffice-writer          (optional: what is missing is left out)

Every peer is warm: start and first letter are not counted, but for LibreOffice, which is started once for
all letters of a round. The peers get the diagram ready-made (SVG; a picture for the docx), so they are
slightly favoured. Counted is CPU (user and system) of the whole process tree. The peak is the memory of the
largest process; of Chromium the sum of all at the end.
"""

import argparse
import base64
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
LETTER = json.loads((HERE / "letter.json").read_text())
KLIP = pathlib.Path("target/release/examples/print_letters")
TICK = os.sysconf("SC_CLK_TCK")

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="84mm" height="45mm" viewBox="0 0 84 45">
<defs><pattern id="d" width="2.2" height="2.2" patternUnits="userSpaceOnUse"><rect width="2.2" height="2.2" fill="#fff0b8"/>
<circle cx="1" cy="1" r=".26" fill="#8a6d00"/></pattern><pattern id="h" width="1.8" height="1.8" patternUnits="userSpaceOnUse">
<rect width="1.8" height="1.8" fill="#f7cfcb"/><path d="M0 1.8 1.8 0" stroke="#9c2b22" stroke-width=".12"/></pattern></defs>
<path d="M0 45 84 0H0z" fill="#dcefd6"/><path d="M0 45 84 0V11.25H63V22.5H42V33.75V45z" fill="url(#d)"/>
<path d="M42 45V33.75H63V22.5H84V45z" fill="url(#h)"/><path d="M63 0V45" stroke="#000" stroke-width=".2" stroke-dasharray=".5"/>
<polyline points="3.5,45 21,33.75 42,29.1 52.5,27.2 63,27.2 73.5,%s" fill="none" stroke="#000" stroke-width=".45"/>
<circle cx="73.5" cy="%s" r="1.1"/><text x="45" y="5" font-family="Liberation Sans" font-size="2.6">Kontrolpunkt: 18 klip</text></svg>"""

HTML = """<!DOCTYPE html><html lang="da"><head><meta charset="utf-8"><title>{{ subject }}</title><style>
@page { size: A4; margin: 16mm 20mm 22mm; @bottom-left { content: "Brev {{ letter_id }}"; } @bottom-right { content: "side " counter(page) " af " counter(pages); } }
body { font: 10pt/1.3 "Liberation Sans"; } h1 { font-size: 15pt; } h2 { font-size: 11.5pt; } table { font-size: 9.2pt; border-collapse: collapse; }
td, th { text-align: left; border-bottom: .4pt solid #595959; padding: 1mm 1.6mm; } .side { display: flex; gap: 5mm; } .window { height: 34mm; display: flex; justify-content: space-between; }
</style></head><body><p><strong>{{ university }}</strong><br>{{ office }}</p><div class="window"><p>{{ name }}<br>{{ address | join("<br>") }}</p><p>{{ letter_date }}</p></div>
<h1>{{ subject }}</h1><p>Kære {{ name }}</p><p>Vi har gennemgået din studieaktivitet efter SU-reglerne. Efter vores oplysninger mangler du <strong>{{ missing }} ECTS-point</strong> for at opfylde det krav, der gælder for din SU. Derfor kan din SU blive stoppet.</p>
<p>Kravet stiger ved hvert kontrolpunkt, det vil sige hver gang du har brugt 6 klip mere, som tæller i kontrollen. Du har nået kontrolpunktet ved {{ control_point }} klip. Kravet er {{ required }} ECTS-point.</p>
<div class="side"><img alt="Din kurve slutter ved {{ net }} klip og {{ counted }} ECTS-point. Du mangler {{ missing }} ECTS-point." src="data:image/svg+xml;base64,{{ svg }}">
<table><caption>Tallene i diagrammet</caption><thead><tr><th scope="col">Kontrolpunkt</th><th scope="col">Krav</th><th scope="col">Dine point</th></tr></thead><tbody>
{% for row in rows %}<tr><th scope="row">{{ row[0] }}</th><td>{{ row[1] }}</td><td>{{ row[2] }}</td></tr>{% endfor %}</tbody></table></div>
<p>Grøn: du følger normen. Gul, prikket: du er forsinket. Rød, skraveret: du mangler ECTS-point.</p>
<h2>Hvad du kan gøre</h2><ul><li><strong>Gør indsigelse.</strong> Skriv til os inden {{ deadline }}, hvis tallene ikke er rigtige, eller hvis der er forhold, som bør indgå.</li>
<li><strong>Bestå de manglende point.</strong> Når du har bestået mindst {{ missing }} ECTS-point mere, og resultatet er registreret, opfylder du kravet.</li></ul>
<h2>Kontakt</h2><p>Har du spørgsmål, er du velkommen til at skrive til {{ email }}.</p><p>Venlig hilsen<br>{{ office }}<br>{{ university }}</p></body></html>"""


def letter(position):
    counted = LETTER["counted_hundredths"] - position % 9 * 50
    figure = lambda hundredths: f"{hundredths / 100:g}".replace(".", ",")
    y = 45 - counted / 12000 * 45
    own = {"letter_id": f"{position:016x}", "name": f"{LETTER['name']} {position}", "counted": figure(counted), "missing": figure(6000 - counted)}
    rows = [("6 klip", "0", "30"), ("12 klip", "30", "42,5"), ("18 klip", "60", "47,5"), ("I dag: 21 klip", "60", own["counted"]), ("Mangler", "", own["missing"])]
    return {**LETTER, **own, "rows": rows, "svg": base64.b64encode((SVG % (y, y)).encode()).decode()}


def measured(wall, cpu, peak_kb, folder, count):
    files = list(folder.glob("*.pdf"))
    assert len(files) == count, f"{len(files)} files instead of {count}"
    size = statistics.mean(file.stat().st_size for file in files) / 1000
    return {"per_cpu_second": count / cpu, "per_second": count / wall, "peak_mib": peak_kb / 1024, "kb": size}


# A child begins with the peak of the process that it was split off from; this one has almost none.
ALONE = """import os, sys, time
start = time.perf_counter()
_, status, usage = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ), 0)
print(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))"""


def alone(command):
    """Seconds, CPU seconds and peak KB of a command; what it prints is thrown away but for the last line."""
    command = [sys.executable, "-S", "-c", ALONE] + [str(part) for part in command]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return tuple(map(float, out.splitlines()[-1].split()))


def klip(count, folder, threads=1):
    templates = folder / "templates"
    shutil.copytree("reports/letters", templates)
    shutil.copy(HERE / "one_page.da.txt", templates)
    return measured(*alone([KLIP.absolute(), templates, HERE / "letter.json", folder / "out", count, threads]), folder / "out", count)


def html(values, _cache={}):
    import jinja2

    if "t" not in _cache:
        _cache["t"] = jinja2.Environment(autoescape=True).from_string(HTML)
    return _cache["t"].render(**values)


def weasyprint(count, folder):
    """In a process of its own, so that its memory is its own."""
    code = f"import sys; sys.path.insert(0, {str(HERE)!r}); import compare; compare.weasyprint_inside({count}, {str(folder)!r})"
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    wall, cpu, peak = map(float, out.split())
    return measured(wall, cpu, peak, folder, count)


def weasyprint_inside(count, folder):
    import weasyprint as engine

    page = lambda position: engine.HTML(string=html(letter(position))).write_pdf(pdf_variant="pdf/ua-1")
    page(0)
    start, cpu = time.perf_counter(), time.process_time()
    for position in range(count):
        pathlib.Path(folder, f"{position}.pdf").write_bytes(page(position))
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    status = pathlib.Path("/proc/self/status").read_text()
    print(wall, cpu, status.split("VmHWM:")[1].split()[0])


def tree(session):
    """CPU seconds and resident KB of all processes of a session."""
    cpu = peak = 0
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            cpu += sum(map(int, fields[11:15])) / TICK
            peak += int(fields[21]) * 4
    return cpu, peak


def chromium(count, folder):
    """One browser, driven through its debugging pipe."""
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()

    def descriptors():
        os.setsid()
        os.dup2(os.dup(to_read), 3)
        os.dup2(os.dup(from_write), 4)

    with tempfile.TemporaryDirectory() as profile:
        browser = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={profile}"],
            preexec_fn=descriptors, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(from_write)
        pending, number = b"", 0

        def message():
            nonlocal pending
            while b"\0" not in pending:
                got = os.read(from_read, 1 << 16)
                if not got:
                    raise RuntimeError("the browser has ended")
                pending += got
            one, pending = pending.split(b"\0", 1)
            return json.loads(one)

        def call(method, session=None, **params):
            nonlocal number
            number += 1
            request = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
            os.write(to_write, json.dumps(request).encode() + b"\0")
            while (answer := message()).get("id") != number:
                pass
            return answer["result"]

        target = call("Target.createTarget", url="about:blank")["targetId"]
        session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        frame = call("Page.getFrameTree", session)["frameTree"]["frame"]["id"]

        def page(position):
            call("Page.setDocumentContent", session, frameId=frame, html=html(letter(position)))
            return base64.b64decode(call("Page.printToPDF", session, preferCSSPageSize=True, generateTaggedPDF=True)["data"])

        page(0)
        own, start, (before, _) = time.process_time(), time.perf_counter(), tree(browser.pid)
        for position in range(count):
            (folder / f"{position}.pdf").write_bytes(page(position))
        wall, (after, resident) = time.perf_counter() - start, tree(browser.pid)
        cpu = after - before + time.process_time() - own
        os.write(to_write, json.dumps({"id": number + 1, "method": "Browser.close"}).encode() + b"\0")
        browser.wait(30)
    return measured(wall, cpu, resident, folder, count)


def libreoffice(count, folder):
    import docx
    import docxtpl

    template, diagram = folder / "template.docx", folder / "diagram.png"
    made = docx.Document()
    made.core_properties.language = "da-DK"
    for text in ("{{ university }}", "{{ office }}", "{{ name }}", "{{ letter_date }}"):
        made.add_paragraph(text)
    made.add_heading("{{ subject }}", 1)
    made.add_paragraph("Kære {{ name }}")
    made.add_paragraph("Vi har gennemgået din studieaktivitet efter SU-reglerne. Efter vores oplysninger mangler du {{ missing }} ECTS-point for at opfylde det krav, der gælder for din SU. Derfor kan din SU blive stoppet.")
    made.add_paragraph("Kravet stiger ved hvert kontrolpunkt, det vil sige hver gang du har brugt 6 klip mere, som tæller i kontrollen. Du har nået kontrolpunktet ved {{ control_point }} klip. Kravet er {{ required }} ECTS-point.")
    made.add_paragraph("{{ diagram }}")
    table = made.add_table(rows=1, cols=3)
    for cell, text in zip(table.rows[0].cells, ("Kontrolpunkt", "Krav", "Dine point")):
        cell.text = text
    for row in range(5):
        for cell, column in zip(table.add_row().cells, range(3)):
            cell.text = "{{ rows[%d][%d] }}" % (row, column)
    made.add_heading("Hvad du kan gøre", 2)
    made.add_paragraph("Gør indsigelse. Skriv til os inden {{ deadline }}, hvis tallene ikke er rigtige.", style="List Bullet")
    made.add_paragraph("Bestå de manglende point. Når du har bestået mindst {{ missing }} ECTS-point mere, opfylder du kravet.", style="List Bullet")
    made.add_heading("Kontakt", 2)
    made.add_paragraph("Har du spørgsmål, er du velkommen til at skrive til {{ email }}.")
    made.save(template)
    diagram.write_bytes(picture())
    own, start = time.process_time(), time.perf_counter()
    for position in range(count):
        document = docxtpl.DocxTemplate(template)
        inline = docxtpl.InlineImage(document, str(diagram), width=docx.shared.Mm(84))
        document.render({**letter(position), "diagram": inline})
        document.save(folder / f"{position}.docx")
    template.unlink()
    options = 'pdf:writer_pdf_Export:{"PDFUACompliance":{"type":"boolean","value":"true"},"SelectPdfVersion":{"type":"long","value":"2"}}'
    with tempfile.TemporaryDirectory() as profile:
        office = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", options, "--outdir", folder]
        _, cpu, peak = alone(office + sorted(folder.glob("*.docx")))
    return measured(time.perf_counter() - start, time.process_time() - own + cpu, peak, folder, count)


def picture():
    """A grey picture of 400 by 214 points, written by hand so that no library is needed."""
    import struct
    import zlib

    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x * y) % 251 for x in range(400)) for y in range(214))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 400, 214, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def available(name, needs):
    try:
        for need in needs:
            if need.startswith("program:"):
                assert shutil.which(need[8:])
            else:
                __import__(need)
        return True
    except (ImportError, AssertionError):
        print(f"{name} is left out: {', '.join(needs)} not found", file=sys.stderr)
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--letters", type=int, default=60, help="letters of a peer in a round; klip makes ten times as many")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    count = arguments.letters
    runners = [("klip", lambda folder: klip(10 * count, folder)), ("klip, 2 threads", lambda folder: klip(10 * count, folder, 2))]
    if available("WeasyPrint", ["weasyprint", "jinja2"]):
        runners.append(("WeasyPrint, PDF/UA-1", lambda folder: weasyprint(count, folder)))
    if available("Chromium", ["program:chromium", "jinja2"]):
        runners.append(("Chromium, tagged", lambda folder: chromium(count, folder)))
    if available("LibreOffice", ["program:soffice", "docxtpl"]):
        runners.append(("docxtpl and LibreOffice, PDF/UA-1", lambda folder: libreoffice(count, folder)))
    results = {name: [] for name, _ in runners}
    for number in range(arguments.rounds):
        for name, run in runners:
            with tempfile.TemporaryDirectory() as folder:
                results[name].append(run(pathlib.Path(folder)))
            print(number + 1, name, {key: round(value, 1) for key, value in results[name][-1].items()}, file=sys.stderr)
    median = lambda name, key: statistics.median(result[key] for result in results[name])
    print("| | letters per CPU-second | klip is | letters per second | peak MiB | KB a letter |")
    print("|---|---|---|---|---|---|")
    for name, _ in runners:
        ratio = statistics.median(a["per_cpu_second"] / b["per_cpu_second"] for a, b in zip(results["klip"], results[name]))
        print(f"| {name} | {median(name, 'per_cpu_second'):.1f} | {ratio:.1f} × | {median(name, 'per_second'):.1f} | {median(name, 'peak_mib'):.0f} | {median(name, 'kb'):.1f} |")


if __name__ == "__main__":
    main()
