"""`bin/start --lan` on an own folder: https at this machine's address, with a certificate that devices can trust.

`bin/test --heavy office_https`.
"""

import contextlib
import hashlib
import os
import re
import signal
import socket
import ssl
import stat
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.sizes import FORM_BYTES
from runtime import certificate, envfile
from runtime.layout import ROOT
from runtime.postgres import free_port
from runtime.processes import end_group, wait_until

OF_THE_TESTS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "DJANGO_SETTINGS_MODULE")
HAS_A_NETWORK = bool([one for one in certificate.this_machine().addresses if certificate._is_private(one)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office") / "data"


@pytest.fixture(scope="module")
def said(folder: Path) -> Iterator[str]:
    """What it prints, once it serves."""
    own = {
        name: value for name, value in os.environ.items() if name not in OF_THE_TESTS and not name.startswith("KEBEN_")
    }
    log = folder.parent / "start.log"
    command = [ROOT / "bin" / "start", "--empty", "--lan", "--port", str(free_port()), "--data", folder]
    with log.open("wb") as output:
        start = subprocess.Popen(command, cwd=ROOT, env=own, stdout=output, stderr=output, process_group=0)
    try:
        assert wait_until(lambda: "Ctrl-C stops" in log.read_text() or start.poll() is not None, 180), log.read_text()
        assert start.poll() is None, log.read_text()
        yield log.read_text()
        start.send_signal(signal.SIGINT)
        assert start.wait(60) == 0, log.read_text()
    finally:
        end_group(start, 30)


@pytest.fixture(scope="module")
def url(said: str) -> str:
    found = re.search(r"^Keben runs at (https://\S+) ", said, re.M)
    assert found, said
    return found[1]


@pytest.fixture(scope="module")
def trusting(folder: Path, url: str) -> ssl.SSLContext:
    """A device that trusts the installation's authority and nothing else."""
    return ssl.create_default_context(cafile=str(folder / "tls" / "ca.crt"))


pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not HAS_A_NETWORK, reason="this machine has no address in a private network"),
]


def test_a_device_that_trusts_it_reads_pages_with_secure_cookies_and_without_hsts(
    url: str, trusting: ssl.SSLContext
) -> None:
    with urllib.request.urlopen(f"{url}/login/", context=trusting) as answer:
        assert answer.status == 200
        assert any("__Host-csrf" in cookie and "Secure" in cookie for cookie in answer.headers.get_all("Set-Cookie"))
        assert "Strict-Transport-Security" not in answer.headers
        assert "/trust/" in answer.read().decode()


def test_one_that_does_not_trust_it_is_warned(url: str) -> None:
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"{url}/login/")


def test_the_certificate_is_fetched_from_it_with_the_fingerprint_that_the_terminal_shows(
    url: str, trusting: ssl.SSLContext, said: str, folder: Path
) -> None:
    with urllib.request.urlopen(f"{url}/ca.crt", context=trusting) as answer:
        assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
        fetched = answer.read().decode()
    assert fetched == (folder / "tls" / "ca.crt").read_text()
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(fetched)).digest().hex(":").upper()
    assert f"Its fingerprint, to compare: {digest}" in said
    with urllib.request.urlopen(f"{url}/trust/", context=trusting) as answer:
        assert digest[:23] in answer.read().decode()


def test_who_types_http_is_sent_to_https(url: str) -> None:
    class Staying(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    with pytest.raises(urllib.error.HTTPError) as told:
        urllib.request.build_opener(Staying).open(url.replace("https://", "http://") + "/customers/")
    with told.value as refused:
        assert (refused.code, refused.headers["Location"]) == (307, f"{url}/")


def test_a_form_and_a_large_upload_are_read_whole(url: str, trusting: ssl.SSLContext) -> None:
    """Refused for want of a token and of a sign-in, in so many words: nothing hangs in the records of TLS."""
    for size, status in ((200_000, 403), (FORM_BYTES + 300_000, 413)):
        request = urllib.request.Request(
            f"{url}/login/", b"x" * size, {"Content-Type": "multipart/form-data; boundary=x"}
        )
        with pytest.raises(urllib.error.HTTPError) as told:
            urllib.request.urlopen(request, context=trusting, timeout=20)
        with told.value as refused:
            assert refused.code == status


def test_who_stops_in_the_middle_of_the_greeting_holds_nobody_up(url: str, trusting: ssl.SSLContext) -> None:
    host, port = url.removeprefix("https://").split(":")
    with contextlib.ExitStack() as stack:
        for _ in range(40):
            slow = stack.enter_context(socket.create_connection((host, int(port))))
            slow.sendall(b"\x16\x03\x01")
        with urllib.request.urlopen(f"{url}/healthz", context=trusting, timeout=5) as answer:
            assert answer.status == 200


def test_it_says_what_it_opens_and_remembers_it(said: str, url: str, folder: Path) -> None:
    address = url.removeprefix("https://").partition(":")[0]
    assert f"whoever is in it and reaches {address} gets the sign-in page" in said
    assert f"open {url}/trust/ there" in said
    own = envfile.read_own(folder / "env")
    assert (own["KEBEN_LAN"], own["KEBEN_LAN_PORT"]) == ("on", url.rpartition(":")[2])


def test_keys_are_for_nobody_else(said: str, folder: Path) -> None:
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((folder / "tls" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "tls").stat().st_mode) == 0o700
