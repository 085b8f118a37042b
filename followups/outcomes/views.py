"""`/follow-ups/effect/`: what follow-ups lead to, by person, method, stage, tier and plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.models import Team
from accounts.scope import reach_of
from accounts.selectors import team_labels
from core import clock
from core.company import currency
from core.http import row_id
from followups.listing import MEASURED
from followups.months import Months, months_of
from followups.outcomes import figures
from followups.outcomes.counting import FOLLOWS_WITHIN
from followups.outcomes.figures import DIMENSIONS, FEW, Choice, Effect
from followups.outcomes.listing import ACTIVITIES, NONE
from ui import charts, formatting
from ui.listing import Asked, list_page

TYPED = ("person", "template")  # people called them so
SPANS = (1, 3, 12)  # months
MONTHS_OFFERED = 12
DAYS_TO_TELL = 7  # so many of a month must have been counted before the page begins with it


# What a line is called that has no value: nothing was planned, no template was used.
NOTHING = {
    "source": gettext_lazy("not planned"),
    "tier": gettext_lazy("unrated"),
    "template": gettext_lazy("no template"),
}


@dataclass(frozen=True)
class Row:
    """One line of the table: what its value is called, its figures, and the lists behind them."""

    words: Any
    typed: bool
    effect: Effect
    activities: str
    plans: str

    @property
    def few(self) -> bool:
        """Too few for its shares to mean much."""
        return self.effect.activities < FEW

    @property
    def bar(self) -> str:
        """Answered and not."""
        effect = self.effect
        missed = effect.activities - effect.answers
        return charts.segments([("fill-ok", effect.answers), ("fill-none", missed)], 6)


@needs("dashboard.view", READ)
def effect(request: Request) -> HttpResponse:
    """One period beside the one before it, split by one dimension."""
    through, today = figures.counted_through(), clock.business_date()
    choice = _choice(request, through)
    found = figures.split(request.user, choice)
    whole = figures.summed(found.values())
    if not DIMENSIONS[choice.by].of_plan:
        whole = figures.total(request.user, choice.team, choice.months)
    since = figures.counted_since()
    comparable = since is not None and since <= choice.months.before.first
    before = figures.total(request.user, choice.team, choice.months.before) if comparable else None
    context = {
        "choice": choice,
        "tabs": [(DIMENSIONS[key].label, _here(choice, by=key), key == choice.by) for key in _offered(request)],
        "head": DIMENSIONS[choice.by].label,
        "with_plans": bool(DIMENSIONS[choice.by].of_plan),
        "as_of_today": DIMENSIONS[choice.by].today,
        "rows": _rows(choice, found),
        "whole": whole,
        "kpis": _kpis(choice, whole, before, over=bool(through and choice.months.end <= through + timedelta(days=1))),
        "title": _title(whole),
        "told": any(one and (one.activities or one.planned) for one in (whole, before)),
        "through": through,
        "since": since if since and since > choice.months.first else None,
        "open_since": through and max(choice.months.first, through - timedelta(days=FOLLOWS_WITHIN)),
        "still_open": bool(through and choice.months.end > through - timedelta(days=FOLLOWS_WITHIN)),
        "within": FOLLOWS_WITHIN,
        "few": FEW,
        "months": list(reversed(clock.months_back(today, MONTHS_OFFERED))),
        "spans": SPANS,
        "teams": team_labels(Team.objects.for_user(request.user)),
        "currency": currency(),
    }
    return render(request, "followups/outcomes/effect.html", context)


def _choice(request: Request, through: date | None) -> Choice:
    given = request.GET
    months = months_of(given.get("month", "") or f"{_first_shown(through):%Y-%m}", clock.business_date())
    if given.get("span", "") in map(str, SPANS):
        months = Months(months.last, int(given["span"]))
    wanted = row_id(given.get("team", ""))
    team = Team.objects.for_user(request.user).filter(pk=wanted).first() if wanted is not None else None
    offered, by = _offered(request), given.get("by", "")
    return Choice(months, by if by in offered else offered[0], team)


def _first_shown(through: date | None) -> date:
    """The month with which the page begins: the one before while too few days of this one have been counted."""
    before, this = clock.months_back(clock.business_date(), 2)
    few = through is not None and (through - this).days < DAYS_TO_TELL - 1
    return before if few else this


def _offered(request: Request) -> list[str]:
    """The dimensions; who sees only the own figures isn't split by person."""
    alone = not reach_of(request.user).beyond_own("dashboard.view")
    return [key for key in DIMENSIONS if not (alone and key == "person")]


def _here(choice: Choice, **changes: Any) -> str:
    asked = {"month": f"{choice.months.last:%Y-%m}", "span": choice.months.count, "by": choice.by}
    team = {"team": choice.team.pk} if choice.team else {}
    return f"?{urlencode(asked | team | changes)}"


# --- the table -------------------------------------------------------------------------------------------------------
def _rows(choice: Choice, found: dict[Any, Effect]) -> list[Row]:
    """Those with the most activities first."""
    dimension = DIMENSIONS[choice.by]
    words, names = dimension.words(), figures.names(found) if choice.by == "person" else {}
    rows = [
        Row(
            names.get(key) or capfirst(words.get(key) or NOTHING[choice.by]),
            choice.by in TYPED,
            one,
            _activities(choice, **{choice.by: key or NONE}),
            _plans(choice, key) if dimension.of_plan and key else "",
        )
        for key, one in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.effect.activities, -row.effect.planned, str(row.words)))


def _activities(choice: Choice, **more: Any) -> str:
    """The list of the activities that a figure counts."""
    team = {"team": choice.team.pk} if choice.team else {}
    return f"{reverse('effect_activities')}?{urlencode({'month': choice.months.text, **team, **more})}"


def _plans(choice: Choice, key: Any = None, **more: str) -> str:
    """The list of the follow-ups that were planned, done or not."""
    asked: dict[str, Any] = {"whose": "team", "people": MEASURED, "planned": choice.months.text}
    if choice.team:
        asked["team"] = choice.team.pk
    if key is not None:
        asked[DIMENSIONS[choice.by].narrows or DIMENSIONS[choice.by].of_plan] = key
    return f"{reverse('follow_up_list')}?{urlencode(asked | more)}"


# --- the figures on top ----------------------------------------------------------------------------------------------
def _kpis(choice: Choice, now: Effect, before: Effect | None, over: bool) -> list[dict[str, Any]]:
    """Without `before` nothing is compared: the activities of that time weren't all counted. A period that isn't
    `over` stands beside a whole one: what it was then is told, but no rise or fall."""
    code = currency()
    then = before or Effect()
    compared = then if over else Effect()
    more = now.activities - compared.activities

    def note(amount: str) -> str:
        if not before:
            return _("nothing to compare with")
        words = _("before: %(amount)s") if over else _("in the whole time before: %(amount)s")
        return words % {"amount": amount}

    return [
        {
            "label": _("Activities begun"),
            "value": formatting.number(now.activities),
            "delta": formatting.number(abs(more)) if more and compared.activities else "",
            "direction": (more > 0) - (more < 0),
            "note": note(formatting.number(then.activities)),
            "href": _activities(choice),
        },
        _share(
            _("Answered"),
            now.answers,
            now.activities,
            (compared.answers, compared.activities),
            _activities(choice, answered=1),
        ),
        _share(
            _("Followed by an order"),
            now.followed,
            now.activities,
            (compared.followed, compared.activities),
            _activities(choice, followed=1),
        ),
        {
            "label": _("Sales that followed"),
            "value": formatting.money_short(now.revenue, code),
            "note": note(formatting.money_short(then.revenue, code)),
            "href": _activities(choice, followed=1),
        },
        _share(
            _("Follow-ups done"), now.done, now.planned, (compared.done, compared.planned), _plans(choice, done="yes")
        ),
        _share(
            _("Done on time"), now.on_time, now.done, (compared.on_time, compared.done), _plans(choice, done="in_time")
        ),
    ]


def _share(label: str, count: int, n: int, before: tuple[int, int], href: str) -> dict[str, Any]:
    """A share of `n`; with the change against that of the period before, in points, where neither is of too few."""
    now = count / n if n else None
    change = (count / n - before[0] / before[1]) * 100 if n >= FEW and before[1] >= FEW else 0
    points = _("%(points)s pts") % {"points": formatting.number(abs(change), 1)}
    return {
        "label": label,
        "value": formatting.percent(now),
        "delta": points if round(change, 1) else "",
        "direction": (change > 0) - (change < 0),
        "note": f"n = {formatting.number(n)}",
        "href": href if n else "",
        "state": "few" if n < FEW else "",
    }


def _title(whole: Effect) -> str:
    """The finding in words."""
    if not whole.activities:
        return _("No activities in this time")
    said = {"answered": formatting.percent(whole.response), "followed": formatting.percent(whole.conversion)}
    return _("%(answered)s were answered; an order followed %(followed)s") % said


@needs(ACTIVITIES.permission, READ)
def activities(request: Request) -> HttpResponse:
    """The activities behind a figure."""
    asked = Asked(ACTIVITIES, request)
    months = months_of(request.GET.get("month", ""), asked.today)
    title = _("Activities and what they led to")
    return list_page(asked, title=title, template="followups/outcomes/activities.html", months=months)
