"""From an empty folder to a useful Today in the browser alone, as the owner of a firm of 15.

Called by `bin/test --heavy first_day`. The files are those of a direct seller (direct_seller.py). Clicks and minutes
are printed for docs/measurements.md; with FIRST_DAY_SHOTS=FOLDER a picture of each step is kept, to be looked at.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from runtime.layout import ROOT
from runtime.postgres import free_port
from tests.browser.visitor import DESK, PHONE, launch
from tests.heavy.direct_seller import CUSTOMERS, ORDERS, PEOPLE, Files, write_files

pytestmark = [pytest.mark.heavy, pytest.mark.browser]

OWNER, PASSWORD, NEW_PASSWORD = "owner@example.com", "a-long-owner-password", "the-password-of-a-rep"
FOREIGN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "STORAGE_DIR", "BASE_URL")
PHONE_AGENT = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Mobile"
PATIENCE = 300  # seconds for what the machine does by itself


@dataclass
class Firm:
    """An installation without demo data, and its owner's account."""

    folder: Path
    port: int
    child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        own = {k: v for k, v in os.environ.items() if not k.startswith("KEBEN") and k not in FOREIGN}
        command = [str(ROOT / "bin" / "start"), "--empty", "--data", str(self.folder), "--port", str(self.port)]
        with (self.folder.parent / "start.log").open("ab") as log:
            self.child = subprocess.Popen(command, cwd=ROOT, env=own, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < end, (self.folder.parent / "start.log").read_text()
            time.sleep(0.5)
        account = {"EMAIL": OWNER, "NAME": "方致远", "PASSWORD": PASSWORD}
        own |= {f"DJANGO_SUPERUSER_{name}": value for name, value in account.items()}
        make = [str(ROOT / "bin" / "manage"), "--data", str(self.folder), "createsuperuser", "--owner", "--noinput"]
        done = subprocess.run(make, cwd=ROOT, env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
        return False

    def stop(self) -> None:
        if self.child and self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            self.child.wait(60)


@dataclass
class Person:
    """Somebody with a browser, whose clicks are counted; `faults` are errors of the pages."""

    page: Page
    width: int
    shots: Path | None
    clicks: int = 0
    typed: int = 0
    taken: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, text: str) -> None:
        self.faults.append(f"{self.page.url}: {text}")

    def click(self, selector: str) -> None:
        """One click on what is in sight."""
        self.clicks += 1
        self.page.locator(selector).locator("visible=true").first.click()

    def go(self, selector: str) -> None:
        """One click that leads to another page, or to the same one anew."""
        with self.page.expect_navigation():
            self.click(selector)

    def fill(self, selector: str, text: str) -> None:
        self.typed += 1
        self.page.fill(selector, text)

    def look(self, name: str) -> None:
        """What is to be seen at this step: kept as a picture, and never wider than the screen."""
        wide = self.page.evaluate("document.documentElement.scrollWidth") - self.width
        assert wide <= 0, f"{name}: {wide} px too wide"
        self.taken += 1
        if self.shots:
            self.page.screenshot(path=self.shots / f"{self.width}-{self.taken:02d}-{name}.png", full_page=True)

    def sign_in(self, firm: Firm, name: str, password: str) -> None:
        self.page.goto(f"{firm.url}/login/")
        self.fill("[name=username]", name)
        self.fill("[name=password]", password)
        self.go("form button.primary")
        assert "/login/" not in self.page.url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    folder = tmp_path / "data"
    folder.mkdir()
    here = Firm(folder, free_port())
    try:
        here.start()
        yield here
    finally:
        here.stop()


def _person(chromium: Browser, firm: Firm, width: int) -> Person:
    phone = width < 600
    context = chromium.new_context(
        viewport={"width": width, "height": 640 if phone else 900},
        has_touch=phone,
        is_mobile=phone,
        user_agent=PHONE_AGENT if phone else None,
    )
    context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": firm.url}])
    shots = os.environ.get("FIRST_DAY_SHOTS")
    if shots:
        Path(shots).mkdir(parents=True, exist_ok=True)
    return Person(context.new_page(), width, Path(shots) if shots else None)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_from_an_empty_folder_to_a_useful_today(chromium: Browser, firm: Firm, tmp_path: Path, width: int) -> None:
    files = write_files(tmp_path, date.today())
    owner = _person(chromium, firm, width)
    began = time.monotonic()
    owner.sign_in(firm, OWNER, PASSWORD)
    assert owner.page.url == f"{firm.url}/first-run/"
    owner.look("first-run")
    _company(owner)
    links = _colleagues(owner, files)
    _import(owner, "customers", files.customers, CUSTOMERS)
    _import(owner, "orders", files.orders, ORDERS)
    waited = _scored(owner)
    rep = _person(chromium, firm, width)
    _useful_today(rep, firm, links[files.rep])
    minutes = (time.monotonic() - began) / 60
    _whole(owner, firm)
    assert owner.faults == []
    assert rep.faults == []
    report = {
        "width": width,
        "minutes": round(minutes, 1),
        "waited for scores, plans and months (s)": round(waited),
        "clicks of the owner": owner.clicks,
        "fields of the owner": owner.typed,
        "clicks of a rep": rep.clicks,
    }
    print("\n" + json.dumps(report))  # noqa: T201


def _company(owner: Person) -> None:
    owner.go(".steps-to-do a[href^='/settings/company/']")
    owner.look("company")
    picture = BytesIO()
    drawn = Image.new("RGB", (600, 200), "white")
    ImageDraw.Draw(drawn).ellipse((20, 20, 180, 180), fill="#a02c5a")
    drawn.save(picture, "PNG")
    owner.page.set_input_files(
        "[name=logo]", {"name": "标志.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    owner.go("form[action='/settings/company/logo/'] button")
    owner.page.wait_for_selector(".pad img.logo")
    owner.fill("[name=name]", "美源护肤")
    owner.click("label:has([name=sells_to][value=persons])")
    owner.look("company-filled")
    owner.go("[data-action=save]")
    owner.page.wait_for_url("**/first-run/")
    owner.look("company-done")


def _colleagues(owner: Person, files: Files) -> dict[str, str]:
    """By name: the link that the owner sends them."""
    owner.go(".steps-to-do a[href^='/settings/users/add/']")
    owner.look("colleagues")
    owner.fill("[name=text]", files.people)
    owner.go("button[name=read]")
    owner.page.wait_for_selector(".person-line >> nth=14")
    owner.look("colleagues-read")
    for _try in range(2):  # new teams are asked about once
        owner.go(".people-form [data-action=save]")
        owner.page.wait_for_load_state()
        if owner.page.locator("table.handout").count():
            break
        owner.look("colleagues-teams")
    owner.look("colleagues-added")
    found = {}
    for row in owner.page.locator("table.handout tbody tr").all():
        found[row.locator("th").inner_text().strip()] = row.locator("code.link").inner_text().strip()
    assert len(found) == len(PEOPLE)
    owner.go(".first-steps a")
    return found


def _import(owner: Person, kind: str, file: Path, rows: int) -> None:
    owner.go(f".steps-to-do a[href*='kind={kind}']")
    owner.page.set_input_files("[name=file]", file)
    owner.look(f"{kind}-upload")
    owner.go("[data-action=save]")
    owner.page.wait_for_url("**/imports/*/")
    owner.look(f"{kind}-columns")
    owner.go("form[action*='columns'] [data-action=save]")
    owner.page.wait_for_selector("form[action$='/start/']", timeout=PATIENCE * 1000)
    owner.look(f"{kind}-dry-run")
    owner.go("form[action$='/start/'] button")
    owner.page.wait_for_selector(f"text=/{rows:,}|{rows}/ >> nth=0", timeout=PATIENCE * 1000)
    owner.page.wait_for_selector(".tag.ok", timeout=PATIENCE * 1000)
    owner.look(f"{kind}-done")
    assert owner.page.locator("text=/拒绝/").count() == 0, owner.page.inner_text("main")
    owner.go(".first-steps a")
    owner.page.wait_for_url("**/first-run/")


def _scored(owner: Person) -> float:
    """Scores, plans and months follow the import by themselves; returns how long the list showed them at work."""
    began = time.monotonic()
    owner.look("at-work")
    owner.page.wait_for_selector(".steps-to-do > li.done:has(form[action$='/night/'])", timeout=PATIENCE * 1000)
    owner.look("all-but-the-phone")
    return time.monotonic() - began


def _useful_today(rep: Person, firm: Firm, link: str) -> None:
    """A rep opens the link that the owner sent them, and sees whom to contact and why."""
    rep.page.goto(link)
    rep.fill("[name=new_password1]", NEW_PASSWORD)
    rep.fill("[name=new_password2]", NEW_PASSWORD)
    rep.look("rep-password")
    rep.go("form button.primary")
    rep.page.wait_for_url(f"{firm.url}/")
    rep.look("rep-today")
    rows = rep.page.locator(".queue-row")
    assert rows.count() >= 5
    for row in rows.all()[:5]:
        assert row.locator(".tier").count() == 1, row.inner_text()
        assert len(row.locator(".why").inner_text().strip()) > 4, row.inner_text()
    assert "潜在" not in rep.page.inner_text("main")


def _whole(owner: Person, firm: Firm) -> None:
    """The owner's pages: the months are compared, and nobody who has bought is called a prospect."""
    owner.page.goto(f"{firm.url}/first-run/")
    done = owner.page.locator(".steps-to-do > li.done").count()
    assert done >= (6 if owner.width < 600 else 5)
    owner.look("list")
    owner.page.goto(f"{firm.url}/")
    owner.look("owner-today")
    owner.page.goto(f"{firm.url}/segmentation/")
    owner.look("tiers")
    assert owner.page.locator("table.matrix td a").count() > 0, owner.page.inner_text("main")
    bought = f"{firm.url}/customers/?view=all"
    for page in range(1, 4):
        owner.page.goto(f"{bought}&page={page}")
        for row in owner.page.locator("table.table tbody tr").all():
            text = row.inner_text()
            assert not ("潜在" in text and "¥" in text.replace("¥0", "")), text
    owner.look("customers")
