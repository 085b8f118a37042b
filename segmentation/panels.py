"""What a customer's page shows of this app: the tier with its reasons, and the open churn warning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.contributions import CustomerPanel, Folded
from customers.models import Customer
from segmentation import catalogue
from segmentation.classes import classes_of, classes_read, in_words
from segmentation.further import basis_read, further_of
from segmentation.models import ChurnCase, ChurnReason, Tier, TierMove
from segmentation.points import Point, points_of
from segmentation.selectors import scheme_of
from segmentation.wording import reason_texts
from ui.templatetags.ui import rfm, tag

REASONS_READ = 6  # some say what another says already


# --- the tier --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LastMove:
    """The last change of tier."""

    on: date
    up: bool
    before: Tier | None
    after: Tier | None


@dataclass(frozen=True)
class Standing:
    """The tier of today, None before the first purchase, and how it came to be."""

    tier: Tier | None
    last_move: LastMove | None = None
    points: list[Point] | None = None
    classes: list[tuple[str, str, str]] | None = None
    now_url: str = ""

    @property
    def heading(self) -> str:
        """Over the reasons."""
        if self.tier is None:
            return _("Not rated yet")
        return _("Why %(code)s %(name)s") % {"code": self.tier.code, "name": self.tier.name}


def _read_last_move(user: User) -> ArraySubquery:
    moves = TierMove.objects.for_user(user).filter(customer=OuterRef("pk")).order_by("-on", "-id")
    return ArraySubquery(moves.values(data=JSONObject(on="on", before="tier_before", after="tier_after", up="up"))[:1])


def _draw_tier(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> Standing:
    tier = catalogue.tier_of(customer)
    if not found:
        return Standing(tier)
    data, scheme, named = found[0], scheme_of(customer), catalogue.catalogue()
    before, after = named.get((scheme, data["before"])), named.get((scheme, data["after"]))
    return Standing(tier, LastMove(date.fromisoformat(data["on"]), data["up"], before, after))


def _draw_reasons(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> Standing:
    classes = None if customer.facts.rated_tonight else classes_of(found)
    return Standing(
        catalogue.tier_of(customer),
        points=points_of(customer.facts, clock.business_date()),
        classes=in_words(classes) if classes else [],
        now_url=reverse("score_now", args=[customer.pk]) if reach_of(user).holds(customer, "score.view") else "",
    )


# --- the churn warning -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class OpenWarning:
    """The open churn warning: level, since when, why, what it is worth."""

    level: str
    opened_on: date
    reasons: list[str]
    at_risk: int | None
    url: str
    in_charge: str
    due_on: date | None
    plan: str

    @property
    def tag(self) -> SafeString:
        """Its level."""
        return tag(_("red"), "danger") if self.level == "red" else tag(_("yellow"), "warn")


def _read_warning(user: User) -> ArraySubquery:
    why = ChurnReason.objects.filter(case=OuterRef("pk")).order_by("position")
    reasons = ArraySubquery(why.values(data=JSONObject(code="code", numbers="numbers"))[:REASONS_READ])
    cases = ChurnCase.objects.for_user(user).filter(customer=OuterRef("pk"), closed_at=None)
    shown = {"level": "level", "opened_on": "opened_on", "reasons": "reasons_json", "at_risk": "value_at_risk"}
    shown |= {"id": "pk", "in_charge": "in_charge__name", "due_on": "due_on", "plan": "plan"}
    return ArraySubquery(cases.annotate(reasons_json=reasons).values(data=JSONObject(**shown))[:1])


def _draw_warning(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> OpenWarning | None:
    if not found:
        return None
    case = found[0]
    reasons = ((reason["code"], reason["numbers"]) for reason in case["reasons"])
    texts = reason_texts(reasons, customer.facts)
    return OpenWarning(
        case["level"],
        date.fromisoformat(case["opened_on"]),
        texts,
        case["at_risk"],
        reverse("warning", args=[case["id"]]),
        case["in_charge"] or "",
        date.fromisoformat(case["due_on"]) if case["due_on"] else None,
        case["plan"],
    )


def _draw_at_risk(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> int | None:
    return found[0]["at_risk"] or None if found and not customer.facts.rated_tonight else None


PANELS = (
    CustomerPanel("tier", "tags", "segmentation/panels/tier.html", 10, read=_read_last_move, draw=_draw_tier),
    CustomerPanel(
        "warning_level",
        "tags",
        "segmentation/panels/warning_level.html",
        20,
        permission="warning.view",
        read=_read_warning,
        draw=lambda user, customer, found: found[0]["level"] if found else None,
    ),
    CustomerPanel(
        "at_risk",
        "figures",
        "segmentation/panels/at_risk.html",
        50,
        permission="warning.view",
        read=_read_warning,
        draw=_draw_at_risk,
    ),
    CustomerPanel(
        "warning",
        "right",
        "segmentation/panels/warning.html",
        10,
        permission="warning.view",
        read=_read_warning,
        draw=_draw_warning,
        folded=lambda customer, warning: Folded(_("Churn warning"), warning.tag),
    ),
    CustomerPanel(
        "tier_reasons",
        "right",
        "segmentation/panels/reasons.html",
        20,
        read=classes_read,
        draw=_draw_reasons,
        folded=lambda customer, standing: Folded(
            standing.heading,
            tag(_("rated tonight"), "line")
            if customer.facts.rated_tonight
            else rfm(customer.facts.r, customer.facts.f, customer.facts.m),
        ),
    ),
    CustomerPanel(
        "scores",
        "right",
        "segmentation/panels/scores.html",
        25,
        permission="score.view",
        read=basis_read,
        draw=further_of,
        folded=lambda customer, further: Folded(_("Scores"), further.brief),
    ),
)
