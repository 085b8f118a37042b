"""The list of segments: one's own and the shared ones, with how many customers each means for the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.segments.models import Segment
from segmentation.segments.selectors import COUNT_UP_TO, counts, readings
from segmentation.segments.timing import TOO_LONG
from segmentation.segments.words import code_words, in_brief, why_unusable
from ui import cells, formatting
from ui.listing import Asked, Cell, Column, Empty, Listing, Tab

LONGEST_BRIEF = 160


@dataclass(frozen=True)
class Row:
    """One segment. `count`: how many of the reader's customers it means; None where `why` it isn't counted is said."""

    segment: Segment
    own: bool
    brief: str
    count: int | None
    why: str

    @property
    def pk(self) -> int:
        return self.segment.pk


def _draw(asked: Asked, page: list[Segment]) -> Iterable[Row]:
    found = dict(zip((row.pk for row in page), readings(asked.user, [row.tree for row in page]), strict=True))
    counted, codes = counts(asked.user, found), code_words(asked.user, [one.tree for one in found.values()])
    for row in page:
        reading = found[row.pk]
        brief = in_brief(reading.tree, codes, reading.hidden)
        why = why_unusable(reading, codes)
        if not why and row.pk not in counted:
            why = str(TOO_LONG)
        yield Row(row, row.owner_id == asked.user.pk, brief, counted.get(row.pk), why)


def customers_url(segment: Segment) -> str:
    """The customer list narrowed to it."""
    return f"{reverse('customer_list')}?view=all&segment={segment.pk}"


def count_words(count: int) -> str:
    """Exactly up to COUNT_UP_TO, "10,000+" beyond."""
    return f"{formatting.number(COUNT_UP_TO)}+" if count > COUNT_UP_TO else formatting.number(count)


def _name(row: Row) -> SafeString:
    url = cells.row_url("segment", row.pk)
    note = (
        format_html('<span class="block tiny muted" data-user>{}</span>', row.segment.note) if row.segment.note else ""
    )
    return format_html('<a href="{}" data-user>{}</a>{}', url, row.segment.name, note)


def _count(row: Row) -> SafeString | str:
    if row.count is None:
        return format_html('<span class="muted">{}</span>', _("not counted"))
    return format_html('<a class="digits" href="{}">{}</a>', customers_url(row.segment), count_words(row.count))


def _brief(row: Row) -> Cell:
    if row.why:
        return Cell(format_html('<span class="small">{}</span>', row.why), "full")
    text = row.brief if len(row.brief) <= LONGEST_BRIEF else f"{row.brief[: LONGEST_BRIEF - 1]}…"
    return Cell(format_html('<span class="small muted" data-user>{}</span>', text), "full")


def _owner(row: Row) -> SafeString | str:
    shared = cells.tag(str(_("shared")), "line") if row.segment.shared else SafeString()
    return format_html("<span data-user>{}</span> {}", row.segment.owner.name, shared)


def _counts(asked: Asked, rows: QuerySet[Segment]) -> Mapping[str, int]:
    tabs = {tab.key: tab.where(asked) for tab in TABS if tab.where}
    return rows.order_by().aggregate(**{key: Count("pk", filter=where) for key, where in tabs.items()})


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "retired":
        return Empty(_("No segment is retired"), _("Retired segments aren't offered any more and wait here."))
    if asked.tab.key == "shared":
        return Empty(_("Nobody has shared a segment yet"), _("A segment that is shared stands here for everybody."))
    text = _("Put customers together by what they are, do, need and are worth; the segment stays up to date by itself.")
    may = asked.user.can("segment.add")
    return Empty(_("No segments yet"), text, reverse("segment_new") if may else "", _("New segment"), "plus")


TABS = (
    Tab("all", gettext_lazy("All"), lambda asked: Q(retired_at=None)),
    Tab("mine", gettext_lazy("Mine"), lambda asked: Q(retired_at=None, owner=asked.user.pk)),
    Tab("shared", gettext_lazy("Shared"), lambda asked: Q(retired_at=None, shared=True)),
    Tab("retired", gettext_lazy("Retired"), lambda asked: Q(retired_at__isnull=False)),
)
SEGMENTS = Listing(
    permission="segment.view",
    rows=lambda asked: Segment.objects.for_user(asked.user).select_related("owner"),
    draw=_draw,
    caption=gettext_lazy("Segments"),
    orders={"name": ("name", "pk"), "changed": ("updated_at", "pk")},
    tabs=TABS,
    tab_counts=_counts,
    search=lambda asked, rows: rows.filter(Q(name__icontains=asked.q) | Q(note__icontains=asked.q)),
    hint=gettext_lazy("Name, what it is for"),
    columns=(
        Column(gettext_lazy("Segment"), _name, sort="name"),
        Column(gettext_lazy("Customers"), _count, css="number"),
        Column(gettext_lazy("Who is meant"), _brief, css="wraps", phone=""),
        Column(gettext_lazy("Owner"), _owner),
        Column(gettext_lazy("Last change"), lambda row: formatting.day_short(row.segment.updated_at), sort="changed"),
    ),
    empty=_empty,
)
