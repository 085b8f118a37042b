"""The inbox: what has been told to a person, the latest on top; what is about one customer stands together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from followups import selectors
from followups.models import Notice
from followups.selectors import NoticeRow
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab

OPEN = "open"


@dataclass(frozen=True)
class Told:
    """What one page tells of one customer, the latest first; or one notice about nobody."""

    rows: tuple[NoticeRow, ...]

    @property
    def pk(self) -> int:
        return self.rows[0].pk


def _draw(asked: Asked, page: list[Notice]) -> Iterator[Told]:
    """A customer stands where the newest notice is."""
    together: dict[str, list[NoticeRow]] = {}
    for row in map(selectors.notice_row, page):
        key = f"customer:{row.customer.pk}" if row.customer else f"notice:{row.pk}"
        together.setdefault(key, []).append(row)
    for rows in together.values():
        yield Told(tuple(rows))


def _told(told: Told) -> SafeString:
    """A single notice with its customer beside it; several under the customer's head."""
    first = told.rows[0]
    if first.customer is None or len(told.rows) == 1:
        return _notice(first)
    head = format_html(
        '<p class="told-head"><a class="ink" href="{}" data-user>{}</a> <span class="count">{}</span></p>',
        cells.row_url("customer", first.customer.pk),
        first.customer.name,
        ngettext("%(n)s notice", "%(n)s notices", len(told.rows)) % {"n": len(told.rows)},
    )
    rows = ((_notice(row, named=False),) for row in told.rows)
    return format_html('<div class="grow">{}<ul class="list told">{}</ul></div>', head, _items(rows))


def _items(rows: Iterable[tuple[SafeString]]) -> SafeString:
    return format_html_join("", '<li class="told-row">{}</li>', rows)


def _notice(row: NoticeRow, *, named: bool = True) -> SafeString:
    """Title and customer, what a person typed, when; and the button that is done with it, as opening it is.

    One link: two in one line are too near to each other for a finger.
    """
    notice, title, typed = row.notice, format_html("{}", row.title), SafeString()
    if row.customer and named:
        title = format_html("{} · <span data-user>{}</span>", title, row.customer.name)
    if row.url:
        title = format_html('<a class="ink" href="{}">{}</a>', cells.row_url("notice_open", row.pk), title)
    elif row.customer and named:
        title = format_html('<a class="ink" href="{}">{}</a>', cells.row_url("customer", row.customer.pk), title)
    if row.typed:
        typed = format_html("<p data-user>{}</p>", row.typed)
    told = '<div class="grow"><p class="strong">{}</p>{}<p class="tiny muted digits">{}</p></div>{}'
    return format_html(told, title, typed, formatting.moment(notice.due_at), _done(row))


def _done(row: NoticeRow) -> SafeString:
    if row.notice.read_at:
        return cells.tag(_("done"), "line")
    return format_html(
        '<button class="button small" form="act" formaction="{0}" aria-label="{1} {2}">{1}</button>',
        cells.row_url("notice_read", row.pk),
        _("Done"),
        row.title,
    )


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == OPEN:
        text = _("What happens with your customers is told here and at the bell.")
        return Empty(_("No open notice"), text, "?view=all", _("Show all"), "bell")
    return Empty(_("No notices yet"), _("Reminders, warnings and assignments will stand here."), icon="bell")


NOTICES = Listing(
    permission="notification.view",
    rows=lambda asked: selectors.notices_with_names(asked.user),
    draw=_draw,
    caption=gettext_lazy("Notices"),
    orders={"due": ("-due_at", "-pk")},
    tabs=(
        Tab(OPEN, pgettext_lazy("notices", "Open"), lambda asked: Q(read_at=None)),
        Tab("all", gettext_lazy("All")),
    ),
    tab_parameter="view",
    columns=(Column(gettext_lazy("Notices"), _told),),
    empty=_empty,
)
