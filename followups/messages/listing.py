"""The list of messages: what waits for a person, what is on its way, what has gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from core.http import row_id
from customers.columns import customer_cell
from customers.selectors import customers_found
from followups.messages.batches import parse_batch
from followups.models import Message, MessageTemplate
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Filter, Listing, Tab

State = Message.State
TONES = {
    State.UNKNOWN: "warn",
    State.FAILED: "danger",
    State.SENT: "ok",
    State.WAITING: "info",
    State.HELD: "warn",
    State.DRAFT: "line",
    State.CANCELLED: "line",
    State.BOUNCED: "danger",
}
STUCK = Q(state__in=[State.UNKNOWN, State.FAILED])
TABS = {
    "stuck": (gettext_lazy("To decide"), STUCK),
    "draft": (gettext_lazy("Drafts"), Q(state=State.DRAFT)),
    "waiting": (gettext_lazy("On their way"), Q(state__in=[State.WAITING, State.HELD])),
    "sent": (gettext_lazy("Sent"), Q(state=State.SENT)),
    "bounced": (gettext_lazy("Came back"), Q(state=State.BOUNCED)),
    "all": (gettext_lazy("All"), Q()),
}


@dataclass(frozen=True)
class MessageRow:
    """What a row of the list shows."""

    message: Message
    url: str

    @property
    def pk(self) -> int:
        return self.message.pk


def messages(user: User) -> QuerySet[Message]:
    """Messages in reach, to customers outside the recycle bin."""
    return Message.objects.for_user(user).filter(customer__deleted_at=None)


def stuck(user: User) -> QuerySet[Message]:
    """One's own messages of which a person has to decide."""
    return messages(user).filter(STUCK, user=user)


def _rows(asked: Asked) -> QuerySet[Message]:
    return messages(asked.user).select_related("customer", "user", "template").defer("customer__search_tokens")


def _draw(asked: Asked, page: list[Message]) -> Iterable[MessageRow]:
    return [MessageRow(message, cells.row_url("message", message.pk)) for message in page]


def _counts(asked: Asked, rows: QuerySet[Message]) -> Mapping[str, int]:
    return rows.aggregate(stuck=Count("pk", STUCK), draft=Count("pk", TABS["draft"][1]))


def _first_tab(asked: Asked) -> str:
    return "stuck" if asked.before_tab.filter(STUCK).exists() else "all"


def _message(row: MessageRow) -> SafeString:
    message = row.message
    named = message.template.name if message.template else ""
    small = format_html('<p class="small muted">{}</p>', named) if named else ""
    return format_html('<a class="ink" href="{}" data-user>{}</a>{}', row.url, str(message), small)


def _customer(row: MessageRow) -> SafeString:
    return customer_cell(row.message.customer)


def _state(row: MessageRow) -> SafeString:
    return cells.tag(row.message.get_state_display(), TONES[State(row.message.state)])


def _tab(key: str) -> Tab:
    label, where = TABS[key]
    return Tab(key, label, lambda asked: where)


def _template(asked: Asked, pk: int) -> str:
    found = MessageTemplate.objects.filter(pk=pk).first()
    return found.name if found else "—"


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "stuck":
        return Empty(_("Nothing to decide"), _("Every message has gone, or waits for its minute."), icon="check")
    if asked.tab.key == "all":
        text = _("Write to a customer from their page: choose a template, look at it, send it.")
        return Empty(_("No messages yet"), text, reverse("message_new"), _("Write a message"), "mail")
    return Empty(_("Nothing here"), "", asked.query(tab="all"), _("Show all"), "mail")


MESSAGES = Listing(
    permission="message.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Messages to customers"),
    orders={"new": ("-created_at", "-pk")},
    tabs=tuple(_tab(key) for key in TABS),
    tab_counts=_counts,
    first_tab=_first_tab,
    search=lambda asked, rows: rows.filter(customer__in=customers_found(asked.user, asked.q).order_by().values("pk")),
    hint=gettext_lazy("Customer's name, initials or number"),
    filters=(
        Filter(
            "template",
            gettext_lazy("Template"),
            read=lambda asked, text: row_id(text),
            where=lambda asked, pk: Q(template=pk),
            words=_template,
        ),
        Filter(
            "batch",
            gettext_lazy("Prepared on"),
            read=lambda asked, text: parse_batch(text),
            where=lambda asked, day: Q(batch_on=day),
            words=lambda asked, day: formatting.day(day),
        ),
    ),
    columns=(
        Column(gettext_lazy("Message"), _message, css="wraps"),
        Column(gettext_lazy("Customer"), _customer, phone=""),
        Column(gettext_lazy("Channel"), lambda row: row.message.get_channel_display(), phone=""),
        Column(gettext_lazy("State"), _state, phone=""),
        Column(pgettext_lazy("of a message", "From"), lambda row: row.message.user.name, typed=True),
        Column(
            gettext_lazy("When"), lambda row: formatting.moment(row.message.sent_at or row.message.created_at), phone=""
        ),
    ),
    empty=_empty,
)
