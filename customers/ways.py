"""One tap from a row of a list to its customer: a call, the WeChat ID, the map; for who reads them in full."""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.masking import may_read
from accounts.models import User
from customers.models import Customer, InteractionKind
from ui.markup import format_html

NOTHING = SafeString()
AT_THE_DOOR = frozenset({InteractionKind.VISIT, InteractionKind.MEETING})


def call(user: User, customer: Customer) -> SafeString:
    """A link that calls."""
    if not customer.phone or not may_read(user, customer, "phone"):
        return NOTHING
    return format_html(
        '<a class="button quiet icon-only to-customer" href="{}" data-icon="phone" aria-label="{}" data-user></a>',
        customer.phone_uri,
        _("Call %(name)s") % {"name": customer.name},
    )


def wechat(user: User, customer: Customer) -> SafeString:
    """A button that copies the WeChat ID, as WeChat opens nobody by a link."""
    if not customer.wechat or not may_read(user, customer, "wechat"):
        return NOTHING
    return format_html(
        '<button class="button quiet icon-only to-customer" type="button" data-icon="message-circle" data-copy="{}"'
        ' data-copied="{}" aria-label="{}" data-user></button>',
        customer.wechat,
        _("WeChat ID copied"),
        _("Copy the WeChat ID of %(name)s") % {"name": customer.name},
    )


def show_map(user: User, customer: Customer) -> SafeString:
    """A link to the address on a map."""
    if not customer.address or not may_read(user, customer, "address"):
        return NOTHING
    return format_html(
        '<a class="button quiet icon-only to-customer" href="{}" target="_blank" rel="noopener noreferrer"'
        ' data-icon="map-pin" aria-label="{}" data-user></a>',
        customer.map_uri,
        _("Show %(name)s on a map") % {"name": customer.name},
    )


def planned(user: User, customer: Customer, method: str) -> SafeString:
    """The way that the planned method takes, else a call."""
    by_method = show_map if method in AT_THE_DOOR else wechat if method == InteractionKind.WECHAT else call
    return by_method(user, customer) or call(user, customer)
