"""`bin/start --check`: the night through the real worker, a sign-in of each role, the main pages."""

from __future__ import annotations

import html
import http.cookiejar
import json
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime import venv
from runtime.layout import ROOT, open_log
from runtime.problems import tail
from runtime.processes import die_with_parent, end_group
from runtime.say import say

if TYPE_CHECKING:
    from runtime.start import Installation
    from runtime.supervisor import Supervisor

NIGHT_SECONDS = 120
PAGES = ("/", "/customers/", "/segmentation/", "/team/", "/feedback/complaints/", "/settings/health/")
# Pages a role must reach; on the others a refusal is right, an error is not.
MUST = {"rep": {"/", "/customers/", "/feedback/complaints/"}, "manager": set(PAGES), "admin": set(PAGES)}
REFUSALS = (403, 404)


@dataclass(frozen=True)
class Result:
    """One line of the summary."""

    title: str
    passed: bool
    detail: str

    def line(self) -> str:
        return f"{'ok  ' if self.passed else 'FAIL'} {self.title}: {self.detail}"


def run(supervisor: Supervisor, installation: Installation, begun: float) -> int:
    """Check a running installation and print the summary; 0 when all was well, else 1."""
    results = [_night(supervisor, installation)]
    for account in installation.accounts:
        results += _visit(installation, account)
    if not installation.accounts:
        results.append(Result("sign-ins", True, "skipped, there is no demo data in this folder"))
    for result in results:
        say(result.line())
    failed = sum(not result.passed for result in results)
    verdict = f"failed ({failed} of {len(results)})" if failed else "passed"
    say(f"Check {verdict} in {time.monotonic() - begun:.1f} s.")
    return 1 if failed else 0


# --- the night
def _night(supervisor: Supervisor, installation: Installation) -> Result:
    begun = time.monotonic()
    command = [str(venv.PYTHON), str(ROOT / "manage.py"), "request_night", "--wait", str(NIGHT_SECONDS), "--json"]
    with open_log(installation.folder.log("prepare")) as errors:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=installation.environment,
            process_group=0,
            preexec_fn=die_with_parent,
        )
    try:
        supervisor.run(until=lambda: child.poll() is not None)
    except BaseException:
        end_group(child, 2)
        raise
    words = child.stdout.read().decode().strip().splitlines()
    seconds = time.monotonic() - begun
    if child.returncode == 0:
        return Result("nightly jobs through the worker", True, f"{_figures(words)} {seconds:.1f} s")
    logs = "".join(f"\n--- {name}.log\n{tail(installation.folder.log(name))}" for name in ("prepare", "worker"))
    return Result("nightly jobs through the worker", False, f"exit {child.returncode}, {' '.join(words[-3:])}{logs}")


def _figures(words: list[str]) -> str:
    try:
        values = json.loads(words[-1])
    except (IndexError, ValueError):
        return ""
    return ", ".join(f"{name} {value}" for name, value in values.items() if isinstance(value, (int, str, float))) + ","


# --- people
class Browser:
    """A visitor with cookies of one address."""

    def __init__(self, address: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, final address and text."""
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.address, path)))

    def post(self, url: str, fields: dict[str, str]) -> tuple[int, str, str]:
        body = urllib.parse.urlencode(fields).encode()
        return self._open(urllib.request.Request(url, body, {"Referer": url, "Origin": self.address}))

    def _open(self, request: urllib.request.Request) -> tuple[int, str, str]:
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, answer.url, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.url or request.full_url, error.read().decode("utf-8", "replace")
        except OSError as error:
            return 0, request.full_url, str(error)

    def sign_in(self, email: str, password: str) -> str:
        """Sign in through the form; empty when it worked, else what went wrong."""
        status, url, text = self.get("/")
        fields = hidden_fields(text)
        if "csrfmiddlewaretoken" not in fields:
            return f"no sign-in form at {url} (status {status})"
        status, after, _ = self.post(url, {**fields, "username": email, "password": password})
        refused = status != 200 or urllib.parse.urlsplit(after).path == urllib.parse.urlsplit(url).path
        return f"refused with status {status} at {after}" if refused else ""


def hidden_fields(text: str) -> dict[str, str]:
    """Names and values of the hidden inputs of the form that asks for a password."""
    forms = re.findall(r"<form\b.*?</form>", text, re.S | re.I)
    form = next((one for one in forms if 'name="password"' in one), "")
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", form, re.I):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") == "hidden" and "name" in attributes:
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return found


def _visit(installation: Installation, account: dict[str, str]) -> list[Result]:
    role, visitor = account["role"], Browser(installation.address)
    trouble = visitor.sign_in(account["email"], installation.password)
    if trouble:
        return [Result(f"{role} signs in", False, trouble)]
    answers = {path: visitor.get(path) for path in PAGES}
    wrong = [path for path, answer in answers.items() if not _fits(role, path, answer)]
    statuses = " ".join(f"{path} {answer[0]}" for path, answer in answers.items())
    return [Result(f"{role} signs in and reads", not wrong, statuses)]


def _fits(role: str, path: str, answer: tuple[int, str, str]) -> bool:
    status, url, _ = answer
    if status == 200:
        return urllib.parse.urlsplit(url).path == path  # sent elsewhere is not reached
    return status in REFUSALS and path not in MUST.get(role, set())
