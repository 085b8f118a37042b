"""The list of senders whom nobody knows: who may say whose they are reads them in full: they are in nobody's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from core.numbers import number
from customers.models import Network
from followups.models import Incoming
from ui import cells, formatting
from ui.listing import Asked, Bulk, Column, Empty, Listing, Tab, choice_filter

State, Trust = Incoming.State, Incoming.Trust
TONES = {Trust.SIGNED: "line", Trust.CHECKED: "ok", Trust.CLAIMED: "warn", Trust.FAILED: "danger"}
TABS = {
    "open": (gettext_lazy("To decide"), Q(state=State.UNKNOWN)),
    "discarded": (gettext_lazy("Discarded"), Q(state=State.DISCARDED)),
}
EXCERPT = 160


@dataclass(frozen=True)
class SenderRow:
    """What a row of the list shows."""

    incoming: Incoming
    url: str

    @property
    def pk(self) -> int:
        return self.incoming.pk


def strangers(user: User) -> QuerySet[Incoming]:
    """What came of whom nobody knows the sender, for those who sort it out."""
    return Incoming.objects.for_user(user, "assign").filter(customer=None)


def undecided(user: User) -> QuerySet[Incoming]:
    """What waits for one of them."""
    return strangers(user).filter(state=State.UNKNOWN)


def _draw(asked: Asked, page: list[Incoming]) -> Iterable[SenderRow]:
    whole = strangers(asked.user).in_bulk([row.pk for row in page])  # read in full, see above
    return [SenderRow(whole[row.pk], cells.row_url("incoming", row.pk)) for row in page if row.pk in whole]


def _counts(asked: Asked, rows: QuerySet[Incoming]) -> Mapping[str, int]:
    return rows.aggregate(open=Count("pk", TABS["open"][1]))


def _sender(row: SenderRow) -> SafeString:
    shown = row.incoming
    small = format_html('<p class="small muted" data-user>{}</p>', shown.sender) if shown.name and shown.sender else ""
    return format_html('<a class="ink" href="{}" data-user>{}</a>{}', row.url, shown.name or shown.sender or "?", small)


def _text(row: SenderRow) -> SafeString:
    shown = row.incoming
    words = shown.text if len(shown.text) <= EXCERPT else shown.text[:EXCERPT] + "…"
    mark = cells.tag(shown.get_trust_display(), TONES[Trust(shown.trust)]) if shown.trust != Trust.SIGNED else ""
    return format_html("<span data-user>{}</span> {}", " ".join(words.split()) or shown.url, mark)


def _where(row: SenderRow) -> str:
    kind = row.incoming.get_kind_display() if row.incoming.kind != Incoming.Kind.MESSAGE else ""
    return " · ".join(str(part) for part in (row.incoming.get_network_display(), kind) if part)


def _tab(key: str) -> Tab:
    label, where = TABS[key]
    return Tab(key, label, lambda asked: where)


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "open":
        text = _("Whatever came in stands at the customer whom it is from.")
        return Empty(_("Nobody unknown has written"), text, icon="check")
    kept = _("What was discarded goes for good after %(n)s days.") % {"n": number("discarded_message_days")}
    return Empty(_("Nothing here"), kept, icon="inbox")


def _bulk(asked: Asked) -> list[Bulk]:
    if asked.tab.key != "open":
        return []
    return [Bulk(pgettext("a message", "Discard"), reverse("incoming_discard_many"), "trash-2")]


STRANGERS = Listing(
    permission="incoming.assign",
    rows=lambda asked: strangers(asked.user),
    draw=_draw,
    caption=gettext_lazy("Unknown senders"),
    orders={"new": ("-received_at", "-pk")},
    tabs=tuple(_tab(key) for key in TABS),
    tab_counts=_counts,
    filters=(choice_filter("network", gettext_lazy("Channel"), lambda: Network.choices),),
    bulk=_bulk,
    named=lambda row: row.incoming.name or row.incoming.sender,
    columns=(
        Column(gettext_lazy("Sender"), _sender),
        Column(gettext_lazy("Text"), _text, css="full wraps"),
        Column(gettext_lazy("Channel"), _where),
        Column(gettext_lazy("When"), lambda row: formatting.moment(row.incoming.occurred_at)),
    ),
    empty=_empty,
)
