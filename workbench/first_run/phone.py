"""The address by which people open Keben: whether a phone reaches it, and its QR code."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

HERE, OFFICE, ANYWHERE = "here", "office", "anywhere"


@dataclass(frozen=True)
class Address:
    """What is shown of it. A phone would look for an address of `HERE` on itself, so that has no code."""

    url: str
    reach: str
    words: str
    code: SafeString | str
    warns: bool = False  # of the certificate, until the phone trusts our own


def address() -> Address:
    """That of BASE_URL."""
    url, reach = settings.BASE_URL, reach_of(settings.BASE_HOST.strip("[]"))
    words = {
        HERE: _("This address works on this computer only."),
        OFFICE: _("Phones in the same network can open it, such as those in the office's Wi-Fi."),
        ANYWHERE: _("Every phone can open it."),
    }[reach]
    return Address(url, reach, words, "" if reach == HERE else _code(url), warns=bool(settings.LAN_CA))


def reach_of(host: str) -> str:
    """From where a name or an IP address is found, as far as it says so itself."""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        if host == "localhost" or host.endswith(".localhost"):
            return HERE
        return OFFICE if "." not in host or host.endswith((".local", ".lan", ".internal")) else ANYWHERE
    if ip.is_loopback:
        return HERE
    return OFFICE if ip.is_private else ANYWHERE


def _code(url: str) -> SafeString:
    """Dark on its own white ground in both appearances: not every phone reads light on dark."""
    import segno  # noqa: PLC0415 - for one page of many

    drawn = segno.make(url, error="m", micro=False)
    return mark_safe(drawn.svg_inline(omitsize=True, border=2, light="#fff", svgclass=None, lineclass=None))  # noqa: S308
