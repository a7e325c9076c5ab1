"""Photographs the pages of a trained folder, for the documentation.

    python docs/screenshots/take.py NAME FOLDER CUSTOMER

FOLDER holds recommender.toml and a release. Writes NAME-customers.png, -brief, -board and -report
beside this file. Needs Chromium, and Pillow to make the pictures small.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
PORT = 8077
ADDRESS = f"http://127.0.0.1:{PORT}"
PAGES = {
    "customers": "/customers",
    "brief": "/customers/{}",
    "board": "/board",
    "report": "/report",
}
SIZE = {"width": 1180, "height": 940}
COLOURS = 128
CALLER = "head-of-sales"


def main(name: str, folder: Path, customer: str) -> None:
    program = str(Path(sys.executable).with_name("recommender"))
    config = ["--config", str(folder / "recommender.toml")]
    key = _said([program, "keys", "create", CALLER, "--role", "manager", *config])
    served = subprocess.Popen([program, "serve", "--port", str(PORT), *config])
    try:
        _wait()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )
            signed_in = {"Authorization": f"Bearer {key}"}
            page = browser.new_page(viewport=SIZE, extra_http_headers=signed_in)
            for what, path in PAGES.items():
                page.goto(ADDRESS + path.format(customer))
                _photograph(page, HERE / f"{name}-{what}.png")
            browser.close()
    finally:
        served.terminate()
        served.wait()
        _said([program, "keys", "revoke", CALLER, *config])


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _wait() -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{ADDRESS}/health/ready")
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the service did not start")


def _photograph(page: Page, path: Path) -> None:
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
