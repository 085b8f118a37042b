"""Pages as one warm client sees them, over HTTP from a server of its own: gunicorn with two workers."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from html.parser import HTMLParser
from itertools import cycle
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.urls import reverse

from accounts.models import User
from customers.models import Customer
from demo.bench.timing import WARM, Timing, measure
from segmentation.selectors import latest_run, run_before_month

REQUESTS = 200
REQUESTS_OF_A_LIST = 20
DASHBOARDS = (
    "purchases",
    "preferences",
    "tier_effect",
    "tier_control",
    "costs",
    "churn_model",
    "warning_board",
    "warning_list",
    "retention",
    "second_purchase",
    "rising",
    "team",
)
CLIENTS = 8
SECONDS = 10


@contextmanager
def server() -> Iterator[int]:
    """A gunicorn of this checkout on a free port, as bin/start runs it; yields the port."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
    name = connection.settings_dict
    url = f"postgres://{name['USER']}:{name['PASSWORD']}@{name['HOST']}:{name['PORT']}/{name['NAME']}"
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": url})  # noqa: S603
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    for _attempt in range(150):
        try:
            if Client(port, None).get("/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the bench server did not answer on /healthz")


def session_of(user: User) -> str:
    """A session key of `user`, as after signing in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.EmailOrMobileBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["seen"] = session["begun"] = int(time.time())
    session.create()
    return session.session_key


class Client:
    """One keep-alive connection with a signed-in person's cookies."""

    def __init__(self, port: int, session: str | None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        csrf = "b" * 32
        cookies = {settings.CSRF_COOKIE_NAME: csrf} | ({settings.SESSION_COOKIE_NAME: session} if session else {})
        self.headers = {
            "Host": f"127.0.0.1:{port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Accept-Language": "zh-CN",
        }
        self.csrf = csrf

    def get(self, path: str) -> tuple[int, str]:
        return self._send("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        body = urlencode({**fields, "csrfmiddlewaretoken": self.csrf})
        return self._send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def _send(
        self, method: str, path: str, body: str | None = None, extra: dict[str, str] | None = None
    ) -> tuple[int, str]:
        self.connection.request(method, path, body, {**self.headers, **(extra or {})})
        response = self.connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")


def pages(user: User, client: Client) -> dict[str, str]:
    """The pages that are measured, by name."""
    mine = Customer.objects.for_user(user).filter(kind="company").order_by("name_sort", "pk")
    someone = mine[min(500, mine.count() // 2)]
    listing = reverse("customer_list")
    return {
        "list": listing,
        "deep page": _deep(client, listing),
        "search one character": f"{listing}?{urlencode({'q': someone.name[2:3]})}",
        "search two characters": f"{listing}?{urlencode({'q': someone.name[2:4]})}",
        "search phone tail": f"{listing}?{urlencode({'q': someone.phone[-4:]})}",
        "customer page": reverse("customer", args=[someone.pk]),
        "today": reverse("today"),
        "tier dashboard": reverse("segmentation"),
        **{f"dashboard {name}": reverse(name) for name in DASHBOARDS},
    }


def _deep(client: Client, listing: str, steps: int = 20) -> str:
    """The address twenty pages on."""
    path = listing
    for _step in range(steps):
        _status, html = client.get(path)
        found = re.search(r'href="([^"]*cursor=[^"]*)"[^>]*rel="next"|rel="next"[^>]*href="([^"]*cursor=[^"]*)"', html)
        if not found:
            break
        target = (found[1] or found[2]).replace("&amp;", "&")
        path = target if target.startswith("/") else f"{listing}{urlsplit(target)._replace(path='').geturl()}"
    return path


def lists_of_a_past_run(client: Client) -> dict[str, str]:
    """The lists behind the figures of the tier dashboard as of the month end before its last run, by their questions."""
    latest = latest_run()
    earlier = run_before_month(latest.as_of) if latest else None
    if earlier is None:
        return {}
    _status, html = client.get(f"{reverse('segmentation')}?{urlencode({'run': earlier.as_of})}")
    listing = f"{reverse('customer_list')}?"
    links = {unescape(link) for link in re.findall(r'href="([^"]+)"', html)}
    return {f"past {link.removeprefix(listing)}": link for link in sorted(links) if link.startswith(listing)}


def measure_pages(user: User, port: int, only: str | None = None) -> list[Timing]:
    """p50 and p95 of each page and of logging a visit for one warm client."""
    client = Client(port, session_of(user))
    timings = []
    asked = [(name, path, REQUESTS) for name, path in pages(user, client).items()]
    asked += [(name, path, REQUESTS_OF_A_LIST) for name, path in lists_of_a_past_run(client).items()]
    for name, path, requests in asked:
        if only and only not in name:
            continue
        status, _html = client.get(path)
        if status == 403:
            continue  # not everybody may see every dashboard
        if status != 200:
            raise RuntimeError(f"{path} answered {status} for {user.email}")
        timings.append(Timing(name, requests, *measure(lambda path=path: client.get(path), requests)))
    if not only or only in "log a visit":
        timings.append(Timing("log a visit", REQUESTS, *measure(_visit_logger(client, user), REQUESTS)))
    return timings


class Filled(HTMLParser):
    """The fields of a page's forms as they would be sent untouched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
        if tag == "input" and given.get("name") and chosen:
            self.fields[given["name"]] = given.get("value") or ""


def _visit_logger(client: Client, user: User) -> Callable[[], None]:
    """A callable that logs one visit, each time for another customer, with what the form itself had filled in."""
    page = f"{reverse('interaction_new')}?customer="
    mine = Customer.objects.for_user(user, "change").order_by("pk").values_list("pk", flat=True)[: REQUESTS + WARM]
    customers = cycle(mine)
    prefilled = Filled(client.get(f"{page}{mine[0]}")[1]).fields | {"kind": "visit", "result": "reached"}

    def log() -> None:
        fields = prefilled | {"idempotency_key": str(uuid.uuid4())}
        status, html = client.post(f"{page}{next(customers)}", fields)
        if status not in (302, 303):
            raise RuntimeError(f"logging a visit answered {status}: {html[:300]}")

    return log


def throughput(user: User, port: int, path: str) -> float:
    """Requests a second with eight clients at once for ten seconds."""
    session, done = session_of(user), []
    stop = time.perf_counter() + SECONDS

    def work() -> None:
        client = Client(port, session)
        while time.perf_counter() < stop:
            client.get(path)
            done.append(1)

    threads = [threading.Thread(target=work) for _n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return round(len(done) / SECONDS, 1)
