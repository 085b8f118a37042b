"""The one door for HTTP requests that leave this installation.

Only https and only addresses of the public internet, unless the operator named host and port in OUTBOUND_ALLOW: who
may type an address into a page must not make this server talk to its own network. The name is looked up once and the
connection goes to an address that was checked, so that a name can't point elsewhere a moment later. Redirects are
answers like any other, proxies of the environment aren't asked, and one limit of time counts for all of it.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import version

TIMEOUT = 10.0  # seconds for all of it, from looking up the name to the last byte of the answer
MOST_ADDRESSES = 3  # of one name; more are not tried
MOST_BYTES = 64 * 1024
PORTS = {"https": 443, "http": 80}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Allowed = Collection[tuple[str, int]]
# Where IPv6 carries an address of IPv4 in its last bits: what counts is where that leads.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# The only part of IPv6 that was ever given out as public; site-local, discard, segment and local prefixes lie outside.
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# The special purpose registries of IANA, and what clouds answer their own machines under. Also those of the
# registries' networks that are reachable from everywhere: no service that we would talk to has its address there.
SPECIAL_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # Azure's host
    )
)
SPECIAL_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
# What resolvers take for an address although it isn't written as one: 2130706433, 0x7f.1, 127.1
ODD_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*", re.IGNORECASE)


class RefusedTargetError(ValueError):
    """The address is none that this installation talks to; nothing was sent. `sentence` is for people."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class UnreachableError(OSError):
    """No connection came about: surely nothing arrived."""


class NoAnswerError(OSError):
    """The connection broke before the whole answer was there: perhaps the request arrived."""


@dataclass(frozen=True)
class Target:
    """An address taken apart and checked as far as its text tells. `allowed`: named as an exception."""

    scheme: str
    host: str
    port: int
    path: str
    allowed: bool


@dataclass(frozen=True)
class Answer:
    """What came back; `body` is the whole of it."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether it was taken. A redirect is not."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The JSON object of the body; empty where there is none."""
        try:
            told = json.loads(self.body)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}


def target_of(url: str, *, allow: Allowed | None = None) -> Target:
    """The address taken apart; RefusedTargetError with a sentence for one that can't be talked to.

    Pages ask it when an address is typed in. Where its name leads is asked when a connection is made. `allow`: hosts
    and ports that may be private or unencrypted, OUTBOUND_ALLOW unless the address is one that anybody may give.
    """
    if not url.isascii() or any(sign <= " " or sign in "\\\x7f" for sign in url):
        raise RefusedTargetError(_("The address may hold no spaces and no signs beyond ASCII."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RefusedTargetError(_("The address can't be read.")) from None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in PORTS or not host:
        raise RefusedTargetError(_("The address must begin with https:// and name a host."))
    if parts.username is not None:
        raise RefusedTargetError(_("User and password don't belong into the address."))
    port = port or PORTS[parts.scheme]
    allowed = (host, port) in (settings.OUTBOUND_ALLOW if allow is None else allow)
    if parts.scheme != "https" and not allowed:
        raise RefusedTargetError(
            _("Without encryption nothing is sent to %(host)s, unless OUTBOUND_ALLOW names it.") % {"host": host}
        )
    if not allowed and (address := _written_address(host)) and not is_public(address):
        raise _refused_host(host)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return Target(parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path, allowed)


def _written_address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        if ODD_NUMBER.fullmatch(host):
            raise _refused_host(host) from None
        return None


def _refused_host(host: str) -> RefusedTargetError:
    text = _("%(host)s is no address of the public internet; only OUTBOUND_ALLOW can let it through.")
    return RefusedTargetError(text % {"host": host})


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, also where it is another one in disguise."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in SPECIAL_V4)
    inner = address.ipv4_mapped
    if inner is None and address in NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(inner)
    return address in GLOBAL_V6 and not any(address in network for network in SPECIAL_V6)


class Deadline:
    """One moment until which all parts of an exchange have to be done."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left; UnreachableError when there are none, so ask only while nothing was said."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise UnreachableError("no connection in time")
        return left

    @contextmanager
    def held(self, sock: socket.socket) -> Iterator[threading.Event]:
        """Hang up when the time is over and set the event: the socket's own limit begins anew with each byte, and who
        sends one now and then would hold us for good."""
        late = threading.Event()

        def hang_up() -> None:
            late.set()
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:  # closed meanwhile
                return

        timer = threading.Timer(self.left(), hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    timeout: float = TIMEOUT,
    most_bytes: int = MOST_BYTES,
) -> Answer:
    """One request and its answer. RefusedTargetError, UnreachableError: nothing arrived; NoAnswerError: perhaps."""
    with connected(url, timeout=timeout) as connection:
        return connection.send(method, headers=headers, body=body, most_bytes=most_bytes)


@contextmanager
def connected(url: str, *, timeout: float = TIMEOUT, allow: Allowed | None = None) -> Iterator[Connection]:
    """A connection to a checked address, TLS done and nothing said yet: what follows may be the point of no return.

    `allow` as in `target_of`. `timeout` counts for all, also for what is sent over the connection.
    """
    target, deadline = target_of(url, allow=allow), Deadline(timeout)
    connection = Connection(target, _dial(target, deadline), deadline)
    try:
        yield connection
    finally:
        connection.close()


class Connection:
    """One request over a connection that is already open."""

    def __init__(self, target: Target, sock: socket.socket, deadline: Deadline) -> None:
        self.target = target
        self._deadline = deadline
        self._http: http.client.HTTPConnection
        if target.scheme == "https":
            self._http = http.client.HTTPSConnection(target.host, target.port, context=_trust())
        else:
            self._http = http.client.HTTPConnection(target.host, target.port)
        self._http.auto_open = 0  # never a second connection, to an address that nobody checked
        self._http.sock = sock

    def send(
        self,
        method: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        most_bytes: int = MOST_BYTES,
    ) -> Answer:
        """Say it and wait for the whole answer; NoAnswerError when it doesn't come, UnreachableError when the time was
        over before a word was said."""
        sent = {"User-Agent": f"Keben/{version.VERSION}", "Connection": "close", **(headers or {})}
        with self._deadline.held(self._http.sock) as late:
            try:
                self._http.request(method, self.target.path, body=body or None, headers=sent)
                answer = self._http.getresponse()
                data = answer.read(most_bytes + 1)
            except (OSError, http.client.HTTPException) as error:
                raise NoAnswerError(f"{type(error).__name__}: {error}") from error
        if late.is_set() or (answer.length and len(data) <= most_bytes):
            raise NoAnswerError("the connection broke before the whole answer was there")
        if len(data) > most_bytes:
            raise NoAnswerError(f"the answer is longer than {most_bytes} bytes")
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, data)

    def close(self) -> None:
        """Hang up."""
        self._http.close()


@contextmanager
def dialed(host: str, port: int, *, secure: bool, timeout: float) -> Iterator[tuple[socket.socket, threading.Event]]:
    """A socket to a checked address for another protocol than HTTP, under the same rules; closed in the end.

    The event is set when the time was over for all of it and the line was cut.
    """
    target = target_of(f"{'https' if secure else 'http'}://{f'[{host}]' if ':' in host else host}:{port}/")
    deadline = Deadline(timeout)
    sock = _dial(target, deadline)
    try:
        sock.settimeout(deadline.left())
        with deadline.held(sock) as late:
            yield sock, late
    finally:
        sock.close()


def _dial(target: Target, deadline: Deadline) -> socket.socket:
    """A connected socket, to an address that was checked."""
    trouble: Exception = OSError("the name leads nowhere")
    addresses = _addresses(target, deadline)[:MOST_ADDRESSES]
    for index, address in enumerate(addresses):
        try:  # each in turn gets its share, so that one that is silent leaves time for the next
            sock = socket.create_connection((address, target.port), deadline.left() / (len(addresses) - index))
        except UnreachableError:
            raise
        except OSError as error:
            trouble = error
            continue
        return _secured(target, sock, deadline) if target.scheme == "https" else sock
    raise UnreachableError(f"{type(trouble).__name__}: {trouble}") from trouble


def _secured(target: Target, sock: socket.socket, deadline: Deadline) -> socket.socket:
    secured = _trust().wrap_socket(sock, server_hostname=target.host, do_handshake_on_connect=False)
    try:
        secured.settimeout(deadline.left())
        with deadline.held(secured):
            secured.do_handshake()
    except OSError as error:  # a wrong certificate as well
        secured.close()
        raise UnreachableError(f"{type(error).__name__}: {error}") from error
    return secured


def _addresses(target: Target, deadline: Deadline) -> list[str]:
    """Where the name leads, asked once. One that isn't public spoils all: the name is meant to mislead."""
    rows = _looked_up(target, deadline)
    addresses = list(dict.fromkeys(str(row[4][0]) for row in rows))
    if not target.allowed and not all(is_public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses):
        raise _refused_host(target.host)
    return addresses


def _looked_up(target: Target, deadline: Deadline) -> list[Any]:
    """What the resolver says, in a thread of its own: it knows no limit but its own, which may be half a minute."""
    found: list[Any] = []
    troubles: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            troubles.append(error)

    asking = threading.Thread(target=ask, name="name lookup", daemon=True)
    asking.start()
    asking.join(deadline.left())
    if troubles:
        raise UnreachableError(f"{type(troubles[0]).__name__}: {troubles[0]}") from troubles[0]
    deadline.left()
    return found


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """The certificates this machine trusts; SSL_CERT_FILE names others."""
    return ssl.create_default_context()
