"""Opens a page of pictures in a headless browser and holds it to the document that it shows.

    check_page.py BROWSER TESSERA FOLDER ARGUMENT...

Runs `TESSERA ARGUMENT... --json FOLDER/document.json --html FOLDER/page.html --vega FOLDER/vega`.
Then: no errors on the browser's console, every figure drawn, nothing fetched, and the numbers in the
tables are those of the document.
"""

import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time


class Page(html.parser.HTMLParser):
    """Which figures were drawn, and the exact numbers in their tables."""

    def __init__(self):
        super().__init__()
        self.drawn = {}
        self.marks = {}
        self.numbers = []
        self.links = []
        self.figure = None

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "figure":
            self.figure = values["data-figure"]
            self.drawn[self.figure] = values.get("data-drawn") == "yes"
            self.marks[self.figure] = 0
        if tag == "path" and self.figure:
            self.marks[self.figure] += 1
        if "data-value" in values:
            self.numbers.append(float(values["data-value"]))
        for key in ("src", "href"):
            if key in values and not values[key].startswith(("#", "data:")):
                self.links.append(values[key])

    def handle_endtag(self, tag):
        if tag == "figure":
            self.figure = None


def browse(browser, page):
    """The page's DOM once its scripts have run, and what they wrote to the console."""
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
         "--virtual-time-budget=10000", f"--user-data-dir={page.parent / 'browser'}", "--dump-dom",
         page.as_uri()],
        capture_output=True, text=True, timeout=240, check=False)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, console


def report_numbers(document):
    """What the tables of a report must show: energies by level and tensor, and latencies."""
    hertz = document["architecture"]["clock_mhz"] * 1e6
    for layer in document["layers"]:
        for key in ("energy_by_level_pj", "energy_by_tensor_pj"):
            for energy in layer[key].values():
                yield energy * layer["count"]
        yield layer["cycles"] * layer["count"] / hertz


def comparison_numbers(document):
    for row in document["rows"]:
        totals = row["totals"]
        for key in ("energy_by_level_pj", "energy_by_tensor_pj"):
            for energy in totals[key].values():
                yield energy / totals["macs"]
        yield totals["energy_pj"]
        yield totals["latency_s"]


def sweep_numbers(document):
    for point in document["points"]:
        yield point["totals"]["energy_pj"]
        yield point["totals"]["latency_s"]


def bounds_numbers(document):
    for layer in document["layers"]:
        for corner in layer["corners"]:
            yield corner["outer_words"]
    for corner in document["curve"]:
        yield corner["outer_words"]


def explanation_numbers(document):
    for entry in document["levels"]:
        yield entry["energy_pj"]
    for term in document["latency_terms"]:
        yield term["cycles"]
    for formula in document["formulas"]:
        yield formula["count"]


NUMBERS = {
    "tessera-report-1": report_numbers,
    "tessera-comparison-1": comparison_numbers,
    "tessera-sweep-1": sweep_numbers,
    "tessera-bounds-1": bounds_numbers,
    "tessera-explanation-1": explanation_numbers,
}


def main():
    browser, tessera, folder, *arguments = sys.argv[1:]
    folder = pathlib.Path(folder).absolute()
    shutil.rmtree(folder, ignore_errors=True)  # a database of an earlier build would be refused
    folder.mkdir(parents=True)
    written = folder / "document.json"
    page = folder / "page.html"
    subprocess.run([tessera, *arguments, "--json", written, "--html", page, "--vega",
                    folder / "vega", "--quiet"], check=True)
    document = json.loads(written.read_text(encoding="utf-8"))
    began = time.monotonic()
    dom, console = browse(browser, page)
    seconds = time.monotonic() - began
    shown = Page()
    shown.feed(dom)
    faults = [f"console: {line}" for line in console]
    faults += [f"not drawn: {name}" for name, drawn in shown.drawn.items() if not drawn]
    faults += [f"empty: {name}" for name, marks in shown.marks.items() if marks == 0]
    faults += [f"the page fetches {link}" for link in shown.links]
    if not shown.drawn:
        faults.append("the page has no figures")
    if re.search(r"https?://(?!www\.w3\.org|vega\.github\.io/schema)", dom.split("<script>const")[0]):
        faults.append("the page names an address on the network")
    exact = set(shown.numbers)
    for number in NUMBERS[document["schema"]](document):
        if number != 0 and number not in exact and not any(
                abs(number - other) <= 1e-12 * abs(number) for other in exact):
            faults.append(f"the page does not show {number}")
    specs = {path.name.removesuffix(".vg.json") for path in (folder / "vega").glob("*.vg.json")}
    if specs != set(shown.drawn):
        faults.append(f"--vega wrote {sorted(specs)}, the page shows {sorted(shown.drawn)}")
    for fault in faults:
        print(fault)
    print(f"{len(shown.drawn)} figures, {len(shown.numbers)} numbers, {len(faults)} faults; "
          f"the browser took {seconds:.1f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
