"""Addresses that an operator sets, checked before anything starts: a wrong one would only show when mail stays away.

Every function takes the text of one variable and raises ImproperlyConfigured with a sentence that names it. The
sentences never repeat the whole text, since a password may stand in it.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
OFFICE_NAMES = (".local", ".lan", ".internal", ".home.arpa", ".localhost")
PLAIN, STARTTLS, TLS = "plain", "starttls", "tls"
MAIL_SCHEMES = {
    "smtp": (PLAIN, 25),
    "smtp+tls": (STARTTLS, 587),
    "submission": (STARTTLS, 587),
    "smtps": (TLS, 465),
    "smtp+ssl": (TLS, 465),
}
SENDER = "_default_from_email"
REDIS_SCHEMES = ("redis", "rediss")
SOCKET_SCHEMES = ("unix", "redis+socket")


def _refused(name: str, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"The variable {name} {why}")


def _split(name: str, text: str) -> tuple[SplitResult, int | None]:
    """The parts and the port; Python's own message of a wrong port may hold a piece of the password."""
    try:
        parts = urlsplit(text.strip())
        return parts, parts.port
    except ValueError:
        why = "can't be read: its port is no number from 0 to 65535, or a special character in user or password isn't"
        raise _refused(name, f"{why} written as %XX.") from None


# --- people's address ------------------------------------------------------------------------------------------------
def base_host(url: str) -> str:
    """The host name of BASE_URL as browsers send it, IPv6 in brackets, without port."""
    parts, _port = _split("BASE_URL", url)
    if parts.scheme not in ("http", "https"):
        raise _refused("BASE_URL", "must begin with http:// or https://.")
    if not parts.hostname:
        raise _refused("BASE_URL", "names no host; write it like https://keben.example.com.")
    return f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname


def is_on_the_internet(host: str) -> bool:
    """Whether a host may be promised https for a year: no address, and no name that means another machine elsewhere.

    An installation in an office has a certificate of its own: a browser that was promised more would open no page
    any more once that is gone, and offer no way past.
    """
    bare = host.strip("[]").rstrip(".").lower()
    if ":" in bare or bare.replace(".", "").isdecimal():
        return False
    return "." in bare and not bare.endswith(OFFICE_NAMES)


def allowed_hosts(named: Sequence[str], own: str) -> list[str]:
    """The names that are answered: those given, that of BASE_URL, and this machine's own, by which bin/start asks."""
    given = [host.strip() for host in named if host.strip()]
    return list(dict.fromkeys([*given, own, *LOOPBACK]))


def proxies(named: Sequence[str]) -> list[str]:
    """TRUSTED_PROXIES as networks: addresses or ranges such as 10.0.0.0/24."""
    return [_network(text.strip()) for text in named if text.strip()]


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        why = f"must list addresses or ranges such as 127.0.0.1,10.0.0.0/24; {text!r} is neither."
        raise _refused("TRUSTED_PROXIES", why) from None


# --- mail ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over. `security` is plain, starttls or tls from the first byte; `sender` may be empty.

    Without a host no mail is sent at all.
    """

    host: str
    port: int
    user: str
    password: str
    security: str
    sender: str


def mail_server(url: str) -> MailServer:
    """EMAIL_URL taken apart; empty: a server without host. The scheme alone says how the connection is secured, so
    that nothing is sent in the clear because a word wasn't understood."""
    if not url.strip():
        return MailServer("", 0, "", "", PLAIN, "")
    parts, port = _split("EMAIL_URL", url)
    if parts.scheme not in MAIL_SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in MAIL_SCHEMES)
        raise _refused("EMAIL_URL", f"must begin with one of {known}.")
    if not parts.hostname:
        raise _refused("EMAIL_URL", "names no host; write it like smtp+tls://user:password@host:587/.")
    asked = parse_qs(parts.query)
    unknown = sorted(set(asked) - {SENDER})
    if unknown:
        raise _refused("EMAIL_URL", f"takes no {unknown[0]!r}; smtp+tls:// and smtps:// say how it is secured.")
    security, usual = MAIL_SCHEMES[parts.scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, port or usual, user, password, security, asked.get(SENDER, [""])[0])


# --- the queue -------------------------------------------------------------------------------------------------------
def broker(url: str) -> str:
    """REDIS_URL in the words Celery knows; a socket may be written as unix:// too."""
    parts, _port = _split("REDIS_URL", url)
    if parts.scheme in SOCKET_SCHEMES:
        if not parts.path.strip("/"):
            raise _refused("REDIS_URL", "names no socket; write it like unix:///run/redis/redis.sock.")
        return url.strip().replace(parts.scheme, "redis+socket", 1)
    if parts.scheme not in REDIS_SCHEMES:
        raise _refused("REDIS_URL", "must begin with redis://, rediss:// or unix://.")
    if not parts.hostname:
        raise _refused("REDIS_URL", "names no host; write it like redis://127.0.0.1:6379/0.")
    database = parts.path.strip("/")
    if database and not database.isdecimal():
        raise _refused("REDIS_URL", "must end with the number of a database such as /0.")
    return url.strip()


# --- what leaves -----------------------------------------------------------------------------------------------------
def outbound_allow(named: Sequence[str]) -> frozenset[tuple[str, int]]:
    """OUTBOUND_ALLOW as (host, port): private or unencrypted targets that are talked to all the same."""
    return frozenset(_host_and_port(text.strip()) for text in named if text.strip())


def _host_and_port(text: str) -> tuple[str, int]:
    parts, port = _split("OUTBOUND_ALLOW", f"//{text}")
    if not parts.hostname or not port or parts.path or parts.username is not None:
        raise _refused("OUTBOUND_ALLOW", f"must list host:port such as sms.intern:8080; {text!r} is none.")
    return parts.hostname.rstrip("."), port


def sms_gateway(url: str) -> str:
    """SMS_URL, checked; what its parts mean stands in core/gateways/sms.py."""
    if not url.strip():
        return ""
    parts, _port = _split("SMS_URL", url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused("SMS_URL", "must begin with https:// and name a host.")
    try:
        told = json.loads(unquote(parts.fragment)) if parts.fragment else {}
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise _refused("SMS_URL", 'has something behind # that is no JSON object such as {"to": "{to}"}.')
    return url.strip()


def im_app(name: str, url: str) -> str:
    """WECOM_URL or DINGTALK_URL, checked: who signs in, where, and which application."""
    if not url.strip():
        return ""
    parts, _port = _split(name, url)
    agent = parse_qs(parts.query).get("agent", [""])[0]
    if parts.scheme not in ("http", "https") or not (parts.hostname and parts.username and parts.password):
        raise _refused(name, "must be written like https://KEY:SECRET@host/?agent=1000002.")
    if not agent.isdecimal():
        raise _refused(name, "must say which application sends: ?agent= and its number.")
    return url.strip()


def mailbox(url: str) -> str:
    """IMAP_URL, checked; what its parts mean stands in core/imap.py."""
    if not url.strip():
        return ""
    parts, _port = _split("IMAP_URL", url)
    if parts.scheme not in ("imaps", "imap") or not (parts.hostname and parts.username and parts.password):
        raise _refused("IMAP_URL", "must be written like imaps://user:password@host/INBOX.")
    unknown = sorted(set(parse_qs(parts.query)) - {"checked_by"})
    if unknown:
        raise _refused("IMAP_URL", f"takes no {unknown[0]!r}; ?checked_by= names the server that checks senders.")
    return url.strip()


def webhooks(named: Sequence[str]) -> dict[str, str]:
    """WEBHOOK_URLS as {name of the group: address of its robot}; one without a name is called `group`."""
    found: dict[str, str] = {}
    for text in (text.strip() for text in named if text.strip()):
        name, _equals, url = text.partition("=") if "://" not in text.partition("=")[0] else ("group", "=", text)
        parts, _port = _split("WEBHOOK_URLS", url)
        if parts.scheme not in ("http", "https") or not parts.hostname or not name.strip() or len(name) > 40:
            raise _refused("WEBHOOK_URLS", "must list NAME=https://... with names of at most 40 characters.")
        if name.strip() in found:
            raise _refused("WEBHOOK_URLS", f"names the group {name.strip()!r} twice.")
        found[name.strip()] = url
    return found
