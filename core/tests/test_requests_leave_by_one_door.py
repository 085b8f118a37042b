"""No address that anybody types makes this server talk to its own network, and no answer holds it up."""

from __future__ import annotations

import ast
import ipaddress
import os
import socket
import time
from pathlib import Path

import pytest
from django.test import override_settings

from core import outbound
from core.tests.http_sink import http_sink

INSIDE = "127.0.0.1"
ATTACKS = [
    "https://127.0.0.1:{port}/",
    "https://localhost:{port}/",
    "https://localhost.:{port}/",
    "https://LOCALHOST:{port}/",
    "https://127.1:{port}/",
    "https://0x7f.1:{port}/",
    "https://0x7f000001:{port}/",
    "https://2130706433:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://0:{port}/",
    "https://0.0.0.0:{port}/",
    "https://[::]:{port}/",
    "https://[::1]:{port}/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://[::127.0.0.1]:{port}/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/",
    "https://[fe80::1%25lo]:{port}/",
    "https://[fd00::1]:{port}/",
    "https://[fec0::1]:{port}/",
    "https://[3fff::1]:{port}/",
    "https://[64:ff9b:1::808:808]:{port}/",
    "https://168.63.129.16/metadata/",
    "https://192.0.0.192/opc/v2/",
    "https://192.88.99.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.100.100.200/",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "http://127.0.0.1:{port}/",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "https://example.com@127.0.0.1:{port}/",
    "https://user:word@example.com/",
    "https://example.com\\@127.0.0.1:{port}/",
    "https://exa mple.com/",
    "https://example.com/\r\nHost: inside",
    "https://１２７.0.0.1/",
    "https://example.com:99999/",
    "https://",
    "",
]


@pytest.fixture
def sink():
    with http_sink() as running:
        yield running


@pytest.mark.parametrize("address", ATTACKS)
def test_an_address_that_leads_inside_is_refused_with_a_sentence_and_nothing_connects(address):
    with http_sink(allowed=False) as sink:
        with pytest.raises(outbound.RefusedTargetError) as refused:
            outbound.request("POST", address.format(port=sink.port), timeout=2)
        assert str(refused.value.sentence).endswith(".")
        assert sink.asked == []


def test_a_name_is_looked_up_once_and_the_address_that_was_checked_is_called(monkeypatch):
    asked, called = [], []

    def rebinding(host, port, *args, **more):
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else INSIDE
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def dial(address, timeout):
        called.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", dial)
    with pytest.raises(outbound.UnreachableError):
        outbound.request("GET", "https://rebinding.example.com/")
    assert asked == ["rebinding.example.com"]
    assert called == [("93.184.216.34", 443)]


def test_a_name_with_one_address_inside_is_refused_whole(monkeypatch):
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.216.34", "10.0.0.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: rows)
    with pytest.raises(outbound.RefusedTargetError):
        outbound.request("GET", "https://both.example.com/")


def test_a_redirect_is_an_answer_and_isnt_followed(sink):
    sink.answer = lambda asked: (302, {})
    sink.headers = {"Location": f"{sink.url}/elsewhere"}
    answer = outbound.request("GET", f"{sink.url}/here")
    assert (answer.status, answer.ok) == (302, False)
    assert [asked.path for asked in sink.asked] == ["/here"]


def test_the_environment_names_no_proxy(sink, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")
    assert outbound.request("POST", f"{sink.url}/x?a=1", body=b"{}").status == 200
    assert sink.asked[0].path == "/x"
    assert sink.asked[0].query == {"a": ["1"]}


def test_only_the_named_port_is_let_through(sink):
    with http_sink(allowed=False) as other, pytest.raises(outbound.RefusedTargetError):
        outbound.request("GET", other.url)
    with override_settings(OUTBOUND_ALLOW=frozenset()), pytest.raises(outbound.RefusedTargetError):
        outbound.request("GET", sink.url)


def test_an_answer_that_is_too_long_or_too_slow_is_given_up(sink):
    sink.answer = lambda asked: (200, b"x" * (outbound.MOST_BYTES + 1))
    with pytest.raises(outbound.NoAnswerError, match="longer"):
        outbound.request("GET", sink.url)
    sink.answer, sink.wait = lambda asked: (200, b"x" * 60), 0.1
    began = time.monotonic()
    with pytest.raises(outbound.NoAnswerError):
        outbound.request("GET", sink.url, timeout=0.5)  # each byte comes in time, the whole doesn't
    assert time.monotonic() - began < 2


def test_who_hangs_up_without_a_word_has_perhaps_heard_us(sink):
    sink.answer = lambda asked: (200, None)
    with pytest.raises(outbound.NoAnswerError):
        outbound.request("POST", sink.url, body=b"x")


def test_a_port_where_nobody_listens_surely_heard_nothing():
    with socket.socket() as taken:
        taken.bind((INSIDE, 0))
        port = taken.getsockname()[1]
    allow = override_settings(OUTBOUND_ALLOW=frozenset({(INSIDE, port)}))
    with allow, pytest.raises(outbound.UnreachableError):
        outbound.request("GET", f"http://127.0.0.1:{port}/")


def test_a_server_without_a_certificate_that_we_trust_hears_nothing(sink):
    with pytest.raises(outbound.UnreachableError):
        outbound.request("POST", f"https://127.0.0.1:{sink.port}/", body=b"secret", timeout=2)
    assert sink.asked == []


def test_no_header_line_can_be_added(sink):
    with pytest.raises(ValueError, match="header"):
        outbound.request("GET", sink.url, headers={"X-Text": "a\r\nX-Other: b"})


@pytest.mark.parametrize(
    "text",
    ["8.8.8.8", "192.0.1.1", "168.63.129.17", "223.255.255.255", "2001:4860:4860::8888", "2400:3200::1"]
    + ["64:ff9b::808:808", "::ffff:808:808"],
)
def test_addresses_of_the_internet_are_let_through(text):
    assert outbound.is_public(ipaddress.ip_address(text))


# One address of each network that IANA lists as special, and of those that clouds answer their own machines under.
SPECIAL = [
    *("0.1.2.3", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.255.0.1", "169.254.169.254", "172.31.0.1"),
    *("192.0.0.1", "192.0.0.9", "192.0.0.170", "192.0.0.192", "192.0.2.1", "192.31.196.1", "192.52.193.1"),
    *("192.88.99.1", "192.168.0.1", "192.175.48.1", "198.18.0.1", "198.19.255.1", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::7f00:1", "::808:808", "::ffff:a00:1", "::ffff:0:808:808", "64:ff9b::a00:1", "64:ff9b::a83f:8110"),
    *("64:ff9b:1::808:808", "100::1", "100:0:0:1::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    *("2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1"),
    *("2001:db8::1", "2002:808:808::1", "2620:4f:8000::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1"),
    *("fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "feff::1", "ff02::1"),
]


@pytest.mark.parametrize("text", SPECIAL)
def test_no_special_address_is_one_of_the_internet(text):
    assert not outbound.is_public(ipaddress.ip_address(text))


# --- one limit of time for all of it ---------------------------------------------------------------------------------
def reached(seconds):
    began = time.monotonic()
    with pytest.raises(outbound.UnreachableError):
        outbound.request("GET", "https://slow.example.com/", timeout=seconds)
    return time.monotonic() - began


def leads_to(monkeypatch, *addresses):
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: rows)


def test_a_name_server_that_is_silent_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: time.sleep(1) or [])
    assert reached(0.1) < 0.8


def test_all_addresses_of_a_name_share_the_time_and_only_some_are_tried(monkeypatch):
    called = []

    def silent(address, timeout):
        called.append(address[0])
        time.sleep(timeout)
        raise TimeoutError("timed out")

    leads_to(monkeypatch, *(f"93.184.216.{n}" for n in range(9)))
    monkeypatch.setattr(socket, "create_connection", silent)
    assert reached(0.3) < 1
    assert called == ["93.184.216.0", "93.184.216.1", "93.184.216.2"]


def connected_to(port, timeout):
    sock = socket.socket()
    sock.settimeout(timeout)
    sock.connect((INSIDE, port))
    return sock


def test_a_silent_address_leaves_time_for_the_next(monkeypatch, sink):
    def dial(address, timeout):
        if address[0].endswith(".1"):
            time.sleep(timeout)
            raise TimeoutError("timed out")
        return connected_to(sink.port, timeout)

    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"93.184.216.{n}", 80)) for n in (1, 2)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: rows)
    monkeypatch.setattr(socket, "create_connection", dial)
    with override_settings(OUTBOUND_ALLOW=frozenset({("two.example.com", 80)})):
        assert outbound.request("GET", "http://two.example.com/", timeout=2).ok


def test_a_handshake_that_never_ends_is_given_up_within_the_same_time(monkeypatch):
    """The time for the name and the dial counts: what the TLS handshake has is what is left."""
    with socket.create_server((INSIDE, 0)) as silent:
        port = silent.getsockname()[1]

        def dial(address, timeout):
            time.sleep(0.4)
            return connected_to(port, timeout)

        leads_to(monkeypatch, "93.184.216.34")
        monkeypatch.setattr(socket, "create_connection", dial)
        assert reached(0.5) < 0.8


def test_who_takes_a_long_breath_before_the_data_has_sent_nothing(sink):
    """Asked of the database in between: when the time is over by then, it is surely not sent."""
    with outbound.connected(sink.url, timeout=0.2) as connection:
        time.sleep(0.3)
        with pytest.raises(outbound.UnreachableError):
            connection.send("POST", body=b"x")
    assert sink.asked == []


def test_certificates_are_read_once(monkeypatch):
    """A connection takes the context that has shaken hands, instead of reading all certificates again."""
    trusted = outbound._trust()
    monkeypatch.setattr(outbound.ssl, "create_default_context", lambda: pytest.fail("read again"))
    monkeypatch.setattr(outbound.ssl, "_create_default_https_context", lambda: pytest.fail("read again"))
    target = outbound.target_of("https://example.com/")
    with socket.socket() as sock:
        assert outbound.Connection(target, sock, outbound.Deadline(1))._http._context is trusted


def test_nothing_else_opens_connections_by_http():
    """Who asks another server, asks through core/outbound.py."""
    clients = {"requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request"}
    own = {"core/outbound.py"}
    # These ask this installation itself: while it starts, and to measure it.
    itself = ("runtime/", "demo/")
    found = set()
    root = Path(__file__).resolve().parents[2]
    for path in root.glob("*/**/*.py"):
        name = path.relative_to(root).as_posix()
        if "/tests/" in name or name.startswith((".", "tests/", *itself)) or name in own:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            found |= {(name, imported) for imported in names if imported in clients}
    assert found == set()
