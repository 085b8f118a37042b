"""A visit written down without a network: sealed on the phone, alive after the app was killed and the session ended,
sent once and word for word, and read by nobody else who has the phone."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from runtime import browser
from tests.browser.pages import MANAGER, REP
from tests.browser.site import PASSWORD, Site
from tests.browser.visitor import ARGUMENTS, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NOTE = "样品已送到，等报价。\n“明年再谈” <b>& 'quotes'</b> 🙂 " + "一字不差 " * 300
SECOND = "第二次拜访：老板不在。"

STORED = """async () => {
  const found = { local: { ...localStorage }, session: { ...sessionStorage }, cached: [], rows: [] };
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.cached.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
    }
  }
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
    });
    for (const store of database.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = database.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      found.rows.push(...rows.map((row) => [store, row]));
    }
    database.close();
  }
  return found;
}"""
READY = """async () => {
  await navigator.serviceWorker.ready;
  while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 50));
}"""


class Phone:
    """A browser with a folder of its own, which outlives being killed."""

    def __init__(self, chromium: Browser, folder: Path, site: Site) -> None:
        self.kind, self.folder, self.site = chromium.browser_type, folder, site
        self.context: BrowserContext | None = None

    def start(self, *, offline: bool = False, script: str = "") -> Page:
        self.context = self.kind.launch_persistent_context(
            self.folder,
            executable_path=str(browser.find_chromium()),
            args=ARGUMENTS,
            viewport={"width": PHONE, "height": 640},
            has_touch=True,
            is_mobile=True,
            locale="en-GB",
            timezone_id="Asia/Shanghai",
        )
        if script:
            self.context.add_init_script(script)
        self.context.set_offline(offline)
        return self.context.pages[0]

    def kill(self) -> None:
        """As the phone does it: at once, without a goodbye."""
        time.sleep(1)  # a phone writes its memory of cookies down within seconds; the outbox is there at once
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = entry.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if f"--user-data-dir={self.folder}" in words and not any(word.startswith("--type=") for word in words):
                os.kill(int(entry.parent.name), signal.SIGKILL)
        with contextlib.suppress(Exception):  # it is gone
            self.context.close()

    def sign_in(self, page: Page, email: str) -> None:
        page.goto(f"{self.site.url}/login/")
        page.fill("[name=username]", email)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)

    def ready(self, page: Page) -> None:
        """Until the worker answers and the key is there: from the second page on."""
        page.evaluate(READY)
        page.reload()
        wait_for(page, lambda: any(store == "self" for store, _row in page.evaluate(STORED)["rows"]))


def wait_for(page: Page, done: Callable[[], bool], seconds: int = 15) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        page.wait_for_timeout(100)


@pytest.fixture
def phone(chromium: Browser, the_site: Site, tmp_path: Path) -> Iterator[Phone]:
    here = Phone(chromium, tmp_path / "phone", the_site)
    yield here
    here.kill()


def on_server(site: Site, code: str) -> str:
    return site.manage("shell", "-v0", "-c", code).split("SAID ")[1].strip()


def entries(site: Site, text: str) -> list[str]:
    """The notes of all entries that begin like this, as the database has them."""
    code = (
        "import json; from customers.models import Interaction as I;"
        f"print('SAID', json.dumps([i.summary for i in I.objects.filter(summary__startswith={text[:10]!r})]))"
    )
    return json.loads(on_server(site, code))


def outbox(page: Page) -> list[dict[str, Any]]:
    return [row for store, row in page.evaluate(STORED)["rows"] if store == "outbox"]


def write(page: Page, text: str, name: str = "") -> None:
    form = page.locator("[data-offline-form]:visible")
    if name:
        form.locator("[name=customer_name]").fill(name)
    form.locator("label:has([name=result])").first.tap()
    form.locator("[name=summary]").fill(text)
    form.locator("[data-action=keep]").tap()


def in_clear(stored: dict[str, Any], *secrets: str) -> list[str]:
    """Where one of the secrets stands in the browser, also behind base64."""
    found = []
    for place, text in _texts(stored):
        spelt = [text]
        with contextlib.suppress(ValueError):  # no base64
            spelt.append(base64.b64decode(text, validate=True).decode("utf-8", "replace"))
        found += [f"{place}: {secret}" for secret in secrets if any(secret in one for one in spelt)]
    return found


def _texts(stored: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for kind in ("local", "session"):
        yield from ((kind, str(pair)) for pair in stored[kind].items())
    yield from ((f"cache {path}", text) for path, text in stored["cached"])
    for store, row in stored["rows"]:
        yield from ((f"{store}.{name}", str(value)) for name, value in row.items())


def test_network_cut_app_killed_session_over_and_still_once_and_word_for_word(phone, the_site):
    page = phone.start()
    phone.sign_in(page, REP)
    phone.ready(page)
    name = page.locator("[data-row] [data-user]").first.inner_text()

    # the network is cut: Today's own form, for the customer on the screen
    phone.context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)
    page.locator("[data-row] [data-action=log]").first.tap()
    expect(page.locator("[data-offline-form] [name=customer_name]")).to_have_value(name)
    write(page, NOTE)
    expect(page.locator("#unsent")).to_contain_text("1")
    expect(page.locator("#toasts")).to_contain_text("Saved on this phone, not sent")
    assert not asked

    # the app is killed and starts cold, still without a network: the page that knows nobody
    phone.kill()
    page = phone.start(offline=True)
    page.goto(f"{the_site.url}/")
    expect(page.get_by_role("heading", name="Without a network")).to_be_visible()
    write(page, SECOND, "恒远")
    expect(page.locator("[data-count]")).to_have_text("2")

    stored = page.evaluate(STORED)
    assert len(outbox(page)) == 2
    assert in_clear(stored, name, "样品已送到", "一字不差", "第二次拜访", "恒远") == []
    kept = {path for path, _text in stored["cached"]}
    assert kept == {path for path in kept if path == "/offline/" or path.startswith("/static/")}
    assert (stored["local"], stored["session"]) == ({}, {})

    # the session ends meanwhile, and somebody else takes the phone
    phone.kill()
    on_server(
        the_site, "from django.contrib.sessions.models import Session as S; S.objects.all().delete(); print('SAID ok')"
    )
    page = phone.start()
    phone.sign_in(page, MANAGER)
    phone.ready(page)
    expect(page.locator("#unsent")).to_be_hidden()
    refused = page.evaluate(
        """async (row) => {
          const headers = { "Content-Type": "application/json" };
          headers["X-CSRFToken"] = document.querySelector("[name=csrfmiddlewaretoken]").value;
          const answer = await fetch("/offline/send/", { method: "POST", headers, body: JSON.stringify(row) });
          return [answer.status, (await answer.json()).state];
        }""",
        outbox(page)[0],
    )
    assert refused == [409, "foreign"]
    assert len(outbox(page)) == 2
    assert entries(the_site, NOTE) == []
    page.evaluate("document.querySelector(\"form[action='/logout/']\").requestSubmit()")
    page.wait_for_url("**/login/**")

    # its author signs in: sent in order, once
    phone.sign_in(page, REP)
    phone.ready(page)
    wait_for(page, lambda: not outbox(page))
    page.reload()
    assert entries(the_site, NOTE) == [NOTE.strip()]
    expect(page.locator("#unsent")).to_be_hidden()

    # the second one waits for its customer, with its text
    page.goto(f"{the_site.url}/")
    page.get_by_role("link", name="Finish").first.tap()
    page.fill("main [type=search]", "")
    page.locator("main [role=search] button").tap()
    page.locator("main [data-row] a").first.tap()
    expect(page.locator("[name=summary]")).to_have_value(SECOND)
    page.locator("[data-action=save]").tap()
    page.wait_for_url(lambda url: "/interactions/new/" not in url)
    assert entries(the_site, SECOND) == [SECOND]


def answer(page: Page, words: str) -> None:
    """What the form asks before it is left."""
    dialog = page.locator("[data-leaving][open]")
    expect(dialog).to_contain_text("isn't kept yet")
    dialog.get_by_role("button", name=words).tap()


def draft_of(site: Site, text: str) -> str:
    """The note of the draft that begins like this, as the server has it."""
    code = (
        "import json; from core.models import Draft; from ui.drafts import fields_of;"
        "found = [fields_of(d.data).get('summary', '') for d in Draft.objects.all()];"
        f"print('SAID', json.dumps([one for one in found if one.startswith({text[:6]!r})]))"
    )
    return next(iter(json.loads(on_server(site, code))), "")


def test_what_is_typed_without_a_network_outlives_every_way_out(phone, the_site):
    page = phone.start()
    phone.sign_in(page, REP)
    phone.ready(page)
    phone.context.set_offline(True)
    page.goto(f"{the_site.url}/customers/")
    form = page.locator("[data-offline-form]")

    # trying again: it asks, goes on, deletes or keeps; what isn't whole is kept as well
    again = page.get_by_role("button", name="Try again")
    form.locator("[name=summary]").fill("再试一次也不丢")
    again.tap()
    answer(page, "Go on writing")
    expect(form.locator("[name=summary]")).to_have_value("再试一次也不丢")
    again.tap()
    with page.expect_navigation():
        answer(page, "Keep on this phone")
    expect(page.locator("[data-count]")).to_have_text("1")
    with page.expect_navigation():  # nothing typed: nothing to ask
        again.tap()
    form.locator("[name=summary]").fill("不要了")
    again.tap()
    with page.expect_navigation():
        answer(page, "Delete it")
    expect(page.locator("[data-count]")).to_have_text("1")

    # another app comes to the front: sealed at once, and one visit however often
    form.locator("[name=customer_name]").fill("恒远")
    form.locator("[name=summary]").fill("切换应用之前写的")
    hide = """() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(hide)
    wait_for(page, lambda: len(outbox(page)) == 2)
    form.locator("[name=summary]").fill("切换应用之前写的，之后又改了")
    page.evaluate(hide)
    form.locator("label:has([name=result])").first.tap()
    form.locator("[data-action=keep]").tap()
    expect(page.locator("[data-count]")).to_have_text("2")
    expect(page.locator("[data-times]")).to_contain_text("恒远 · Visit · 切换应用之前写的，之后又改了")
    assert in_clear(page.evaluate(STORED), "恒远", "切换应用", "再试一次") == []

    phone.context.set_offline(False)
    page.goto(f"{the_site.url}/")
    wait_for(page, lambda: not outbox(page))
    assert draft_of(the_site, "再试一次也不丢") == "再试一次也不丢"
    assert draft_of(the_site, "切换应用之前写的") == "切换应用之前写的，之后又改了"
    on_server(the_site, "from core.models import Draft; Draft.objects.all().delete(); print('SAID ok')")


def test_the_form_over_today_asks_before_it_closes_and_today_follows_what_was_sent(phone, the_site):
    page = phone.start()
    phone.sign_in(page, REP)
    phone.ready(page)
    phone.context.set_offline(True)
    row = page.locator("[data-row]").first
    name = row.locator("[data-user]").first.inner_text()
    row.locator("[data-action=log]").tap()
    form = page.locator("[data-offline-form]:visible")
    form.locator("[name=summary]").fill("取消之前写的")
    page.get_by_role("button", name="Cancel").tap()
    answer(page, "Go on writing")
    page.keyboard.press("Escape")
    answer(page, "Delete it")
    expect(form).to_have_count(0)
    assert outbox(page) == []

    before = row.inner_text()
    row.locator("[data-action=log]").tap()
    write(page, "发出之后今天的列表就变了")
    expect(page.locator("#unsent")).to_contain_text("1")
    phone.context.set_offline(False)
    wait_for(page, lambda: not outbox(page))
    expect(page.locator("#toasts")).to_contain_text(name)
    wait_for(page, lambda: row.inner_text() != before)


def test_the_inspection_sees_a_text_that_was_not_sealed(phone):
    page = phone.start(script="SubtleCrypto.prototype.encrypt = async (how, key, text) => text;")
    phone.sign_in(page, REP)
    phone.ready(page)
    phone.context.set_offline(True)
    page.locator("[data-row] [data-action=log]").first.tap()
    write(page, NOTE)
    expect(page.locator("#unsent")).to_be_visible()
    assert in_clear(page.evaluate(STORED), "样品已送到")


def test_the_log_form_that_loses_its_network_is_kept_and_sent(phone, the_site):
    page = phone.start()
    phone.sign_in(page, REP)
    phone.ready(page)
    text = "网断之前就打开的表单。"
    page.locator("[data-row] [data-action=log]").first.tap()
    page.locator("label:has([name=result])").first.tap()
    page.fill("[name=summary]", text)
    phone.context.set_offline(True)
    page.locator("[data-action=save]").tap()
    expect(page.locator("#offline")).to_contain_text("Saved on this phone, not sent")
    phone.context.set_offline(False)
    page.goto(f"{the_site.url}/")
    wait_for(page, lambda: not outbox(page))
    assert entries(the_site, text) == [text]


def test_signing_out_warns_and_then_leaves_nothing(phone, the_site):
    page = phone.start()
    phone.sign_in(page, REP)
    phone.ready(page)
    phone.context.set_offline(True)
    page.locator("[data-row] [data-action=log]").first.tap()
    write(page, "还没有发出")
    expect(page.locator("#unsent")).to_contain_text("1")
    leave = "document.querySelector(\"form[action='/logout/']\").requestSubmit()"
    page.evaluate(leave)
    expect(page.locator("#toasts")).to_contain_text("Nothing was changed")  # nobody can be signed out from here

    page.route("**/offline/send/", lambda route: route.abort())
    phone.context.set_offline(False)
    page.evaluate(leave)
    expect(page.locator("#leaving")).to_contain_text("1")
    page.get_by_role("button", name="Stay signed in").tap()
    assert outbox(page)
    page.evaluate(leave)
    page.get_by_role("button", name="Delete and sign out").tap()
    page.wait_for_url("**/login/**")
    assert page.evaluate(STORED)["rows"] == []


def test_what_is_older_than_seven_days_goes_and_is_told(phone, the_site):
    page = phone.start()
    phone.sign_in(page, REP)
    phone.ready(page)
    phone.context.set_offline(True)
    page.locator("[data-row] [data-action=log]").first.tap()
    write(page, "太久以前")
    expect(page.locator("#unsent")).to_be_visible()
    page.evaluate(
        """async () => {
          const database = await new Promise((done) => {
            const asked = indexedDB.open("keben");
            asked.onsuccess = () => done(asked.result);
          });
          const rows = database.transaction("outbox", "readwrite").objectStore("outbox");
          rows.getAll().onsuccess = ({ target }) => {
            for (const row of target.result) rows.put({ ...row, at: row.at - 8 * 24 * 3600 * 1000 });
          };
        }"""
    )
    page.route("**/offline/send/", lambda route: route.abort())  # else it would still go out
    phone.context.set_offline(False)
    page.reload()
    expect(page.locator("#toasts")).to_contain_text("Not sent within 7 days and deleted from this phone: 1")
    assert not outbox(page)
