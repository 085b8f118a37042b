"""The inbox: what has been told to a person, the latest on top."""

from __future__ import annotations

from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from followups import selectors
from followups.selectors import NoticeRow
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab

OPEN = "open"


def _notice(row: NoticeRow) -> SafeString:
    """Title and customer, what a person typed, when; and the button that is done with it."""
    notice, title, typed = row.notice, format_html("{}", row.title), SafeString()
    if row.url:
        title = format_html('<a class="ink" href="{}">{}</a>', row.url, row.title)
    if row.customer:
        link = '{} · <a class="ink" href="{}" data-user>{}</a>'
        title = format_html(link, title, cells.row_url("customer", row.customer.pk), row.customer.name)
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
    draw=lambda asked, page: map(selectors.notice_row, page),
    caption=gettext_lazy("Notices"),
    orders={"due": ("-due_at", "-pk")},
    tabs=(
        Tab(OPEN, pgettext_lazy("notices", "Open"), lambda asked: Q(read_at=None)),
        Tab("all", gettext_lazy("All")),
    ),
    tab_parameter="view",
    columns=(Column(gettext_lazy("Notices"), _notice),),
    empty=_empty,
)
