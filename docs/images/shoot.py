"""Take the pictures of the report that the documentation shows.

    knobwise report --journal data/digits -m val_error -o report.html
    python docs/images/shoot.py report.html

Needs playwright and a Chromium (CHROMIUM names another than the system's).
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

SHOTS = {
    "report": (1280, 1130, "light"),
    "report-dark": (1280, 1130, "dark"),
    "report-narrow": (400, 1400, "light"),
}
"""Name, width, height, colour scheme."""


def main() -> None:
    """Write one PNG per shot beside this file."""
    page_file = Path(sys.argv[1]).resolve()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        for name, (width, height, scheme) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = context.new_page()
            page.goto(page_file.as_uri())
            page.screenshot(path=Path(__file__).parent / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
