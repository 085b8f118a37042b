"""A colleague's Today while strangers sign in: 120 different names from one address, then twelve at once for a while.

Figures are printed as JSON for docs/measurements.md. It asks for no more than an answer: how long one takes depends on
the machine.
"""

from __future__ import annotations

import http.client
import json
import re
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest

from tests.browser.site import PASSWORD, site

pytestmark = [pytest.mark.heavy, pytest.mark.django_db]
SECONDS = 15


class Visitor:
    """A browser without pictures: cookies, and the token of the form it read last."""

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, **fields: str) -> tuple[int, float]:
        """(status, seconds)."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(fields | {"csrfmiddlewaretoken": self.token}) if method == "POST" else None
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}"}
        connection = http.client.HTTPConnection(self.host, timeout=60)
        began = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page):
            self.token = found[1]
        return answer.status, time.monotonic() - began


def guess(url: str, name: str) -> int:
    """One attempt of a stranger who has read the form."""
    stranger = Visitor(url)
    stranger.ask("GET", "/login/")
    return stranger.ask("POST", "/login/", username=name, password="wrong password")[0]


def test_a_colleague_works_on_while_strangers_sign_in() -> None:
    figures: dict[str, object] = {"suite": "sign_in_flood"}
    with site("flood") as here:
        rep = Visitor(here.url)
        rep.ask("GET", "/login/")
        shown = json.loads(here.manage("demo_accounts", "--json").splitlines()[-1])
        email = next(account["email"] for account in shown if account["role"] == "rep")
        assert rep.ask("POST", "/login/", username=email, password=PASSWORD)[0] == 302
        figures["quiet"] = _figures([rep.ask("GET", "/")[1] for _n in range(30)][10:])

        with Watching(rep) as (stop, seen):
            began = time.monotonic()
            with ThreadPoolExecutor(1) as pool:
                codes = list(pool.map(lambda n: guess(here.url, f"a{n}@example.com"), range(120)))
            figures["120 names"] = {"answers": Counter(map(str, codes)), "seconds": round(time.monotonic() - began, 1)}
            stop.set()
        figures["120 names"] |= {"today": _figures(seen)}

        with Watching(rep) as (stop, seen):
            until = time.monotonic() + SECONDS
            with ThreadPoolExecutor(12) as pool:
                answers = pool.map(lambda n: _while(until, here.url, n), range(12))
                codes = [code for found in answers for code in found]
            stop.set()
        figures["12 at once"] = {"answers": Counter(map(str, codes)), "seconds": SECONDS, "today": _figures(seen)}
    print(json.dumps(figures))  # noqa: T201
    assert "500" not in figures["12 at once"]["answers"]


def _while(until: float, url: str, worker: int) -> list[int]:
    codes = []
    while time.monotonic() < until:
        codes.append(guess(url, f"b{worker}-{len(codes)}@example.com"))
    return codes


class Watching:
    """The rep opens Today again and again until told to stop."""

    def __init__(self, rep: Visitor) -> None:
        self.rep, self.stop, self.seen = rep, threading.Event(), []
        self.thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self.stop.is_set():
            status, seconds = self.rep.ask("GET", "/")
            assert status == 200
            self.seen.append(seconds)
            time.sleep(0.1)

    def __enter__(self) -> tuple[threading.Event, list[float]]:
        self.thread.start()
        return self.stop, self.seen

    def __exit__(self, *_error: object) -> None:
        self.stop.set()
        self.thread.join()


def _figures(seconds: list[float]) -> dict[str, float]:
    return {"n": len(seconds), "median": round(statistics.median(seconds), 3), "max": round(max(seconds), 3)}
