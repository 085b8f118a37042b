"""`/segmentation/effect/control/customers/`: the customers behind a figure of a comparison."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import team_filter
from core.http import row_id
from customers.models import Customer
from segmentation import catalogue
from segmentation.control.figures import (
    CONTROL,
    OUTCOMES,
    SIDES,
    TREATED,
    Only,
    Outcome,
    outcomes_of,
    rows_of,
    within,
)
from segmentation.control.models import Comparison
from segmentation.control.words import comparison_name
from segmentation.effect.listing import COLUMNS, EFFECT_CUSTOMERS, channel_words, drawn, found_by
from segmentation.pages.figures import reach
from ui import formatting
from ui.listing import Asked, Empty, Filter, Listing

HITS, ALL = "hits", "all"
MOST_COUNTED = 50_000
SIDE_WORDS = {TREATED: gettext_lazy("planned for, or with an activity"), CONTROL: gettext_lazy("control")}


def comparison_of(asked: Asked) -> Comparison | None:
    """The one that the address names, else the last one that was counted."""
    found = vars(asked)
    if "comparison" not in found:
        rows = Comparison.objects.select_related("hold_out").order_by("-until", "-pk")
        wanted = row_id(asked.given.get("of", ""))
        found["comparison"] = rows.filter(pk=wanted).first() if wanted else rows.first()
    comparison: Comparison | None = found["comparison"]
    return comparison


def _outcome(asked: Asked) -> Outcome:
    code = asked.given.get("outcome", "")
    return next((one for one in outcomes_of(asked.user) if one.code == code), OUTCOMES[0])


def counted(asked: Asked) -> Any:
    """The rows that the figure counted."""
    comparison, outcome = comparison_of(asked), _outcome(asked)
    only = Only(asked.values.get("team"), asked.values.get("channel"))
    rows = rows_of(asked.user, [comparison] if comparison else [], only)
    side, scheme_tier = asked.values.get("side"), asked.values.get("tier")
    only_hits = asked.values.get("rows") == HITS
    where = (outcome.happened if only_hits else outcome.of) & within(asked.user, outcome)
    if comparison and comparison.first and outcome.base:
        where &= Q(**{f"partner__{outcome.base}": True})
    if side:
        where &= Q(treated=side == TREATED)
    if scheme_tier:
        scheme, _colon, tier = scheme_tier.partition(":")
        where &= Q(tier_scheme=scheme, tier=tier)
    return rows.filter(where)


def _rows(asked: Asked) -> QuerySet[Customer]:
    rows = Customer.objects.for_user(asked.user, "score.view").filter(reach(asked.user))
    rows = rows.filter(within(asked.user, _outcome(asked)))
    rows = rows.select_related("facts", "owner", "channel").defer("search_tokens")
    return rows.filter(pk__in=counted(asked).order_by().values("customer"))


def gone(asked: Asked) -> str:
    """How many of those whom the figure counted can't be listed any more, in words."""
    if asked.q:
        return ""
    number = counted(asked).order_by().count()
    missing = number - asked.rows.order_by().count() if number <= MOST_COUNTED else 0
    if missing <= 0:
        return ""
    words = ngettext(
        "%(n)s of the %(counted)s whom the night counted is no longer yours or was deleted.",
        "%(n)s of the %(counted)s whom the night counted are no longer yours or were deleted.",
        missing,
    )
    return words % {"n": formatting.number(missing), "counted": formatting.number(number)}


def _tier_words(asked: Asked, key: str) -> str:
    scheme, _colon, code = key.partition(":")
    tier = catalogue.catalogue().get((scheme, code))
    return f"{tier.letter} {tier.name}" if tier else code


def _read_tier(asked: Asked, text: str) -> str | None:
    scheme, _colon, code = text.partition(":")
    return text if (scheme, code) in catalogue.catalogue() else None


FILTERS = (
    Filter(
        "of",
        gettext_lazy("Comparison"),
        read=lambda asked, text: text if (one := comparison_of(asked)) and text == str(one.pk) else None,
        where=lambda asked, text: Q(),
        words=lambda asked, text: comparison_name(comparison_of(asked)),
    ),
    Filter(
        "tier",
        gettext_lazy("Tier then"),
        read=_read_tier,
        where=lambda asked, text: Q(),
        words=_tier_words,
    ),
    Filter(
        "outcome",
        gettext_lazy("Outcome"),
        read=lambda asked, text: text if text == _outcome(asked).code else None,
        where=lambda asked, text: Q(),
        words=lambda asked, text: str(_outcome(asked).label),
    ),
    Filter(
        "side",
        gettext_lazy("Side"),
        read=lambda asked, text: text if text in SIDES else None,
        where=lambda asked, text: Q(),
        words=lambda asked, text: str(SIDE_WORDS[text]),
    ),
    Filter(
        "rows",
        gettext_lazy("Customers"),
        read=lambda asked, text: text if text in (HITS, ALL) else None,
        where=lambda asked, text: Q(),
        words=lambda asked, text: _("to whom it happened") if text == HITS else _("all"),
    ),
    team_filter(""),
    Filter(
        "channel",
        gettext_lazy("Channel"),
        read=lambda asked, text: row_id(text) or None,
        where=lambda asked, pk: Q(),
        words=channel_words,
    ),
)
CONTROL_CUSTOMERS = Listing(
    permission="score.view",
    rows=_rows,
    draw=drawn,
    caption=gettext_lazy("Customers behind the figure"),
    orders=EFFECT_CUSTOMERS.orders,
    first_sort="-value",
    filters=FILTERS,
    search=found_by,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=COLUMNS,
    named=lambda row: row.customer.name,
    empty=lambda asked: Empty(_("Nobody here"), _("Both sides are counted each night.")),
    css="lines",
)
