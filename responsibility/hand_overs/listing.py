"""Hand-overs of many customers, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from responsibility.hand_overs.services import may_undo
from responsibility.models import HandOver
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing

NAMES = 3


@dataclass(frozen=True)
class HandOverRow:
    """One act; who gave and who took, by name."""

    act: HandOver
    url: str
    givers: str
    takers: str

    @property
    def pk(self) -> int:
        return self.act.pk


def people_named(ids: Sequence[int], names: dict[int, str]) -> str:
    """Some of these people; nobody is the pool."""
    known = [names[pk] for pk in ids if pk in names]
    if not known:
        return _("Unassigned pool")
    more = len(known) - NAMES
    return formatting.listed(known[:NAMES]) + (f" +{more}" if more > 0 else "")


def names_of(acts: Iterable[HandOver]) -> dict[int, str]:
    """Everybody who gave or took."""
    ids = {pk for act in acts for pk in (*act.givers, *act.takers)}
    # unscoped: names of people of acts that the reader may see
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def _rows(asked: Asked) -> QuerySet[HandOver]:
    return HandOver.objects.for_user(asked.user, "assign").select_related("by", "undone_by")


def _draw(asked: Asked, page: list[HandOver]) -> Iterable[HandOverRow]:
    names = names_of(page)
    for act in page:
        url = cells.row_url("hand_over", act.pk)
        yield HandOverRow(act, url, people_named(act.givers, names), people_named(act.takers, names))


def _what(row: HandOverRow) -> SafeString:
    count = row.act.customers
    words = ngettext("%(n)s customer", "%(n)s customers", count) % {"n": formatting.number(count)}
    reason = format_html('<span class="block tiny muted" data-user>{}</span>', row.act.reason) if row.act.reason else ""
    return format_html('<a class="headline" href="{}">{}</a>{}', row.url, words, reason)


def _state(row: HandOverRow) -> str:
    if row.act.undone_at is not None:
        return _("taken back")
    return _("can be taken back") if may_undo(row.act) else formatting.DASH


HAND_OVERS = Listing(
    permission="customer.assign",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Hand-overs of many customers"),
    orders={"at": ("-at", "-pk")},
    columns=(
        Column(gettext_lazy("Customers"), _what),
        Column(gettext_lazy("From"), lambda row: row.givers, typed=True),
        Column(gettext_lazy("To"), lambda row: row.takers, typed=True),
        Column(gettext_lazy("By"), lambda row: row.act.by.name if row.act.by else _("the night"), typed=True),
        Column(gettext_lazy("When"), lambda row: formatting.moment(row.act.at)),
        Column(gettext_lazy("State"), _state),
    ),
    empty=lambda asked: Empty(
        _("Nothing was handed over yet"),
        _("In the list of customers, tick some and choose Hand over. It stands here, and can be taken back for a day."),
        icon="arrow-left-right",
    ),
)
