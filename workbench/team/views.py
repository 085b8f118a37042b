"""`/team/`: the people of a manager's teams, their work and their targets, worst first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.company import currency
from core.contributions import registry
from core.numbers import number
from core.refusals import BadCellError
from customers.models import ACTIVE
from followups.listing import MEASURED
from followups.visits import month_of
from intake import values
from responsibility.targets.lists import list_of
from sales.goals import Goal, sold
from sales.goals import pace as pace_of
from sales.models import Target
from sales.services.targets import target_set
from segmentation import catalogue
from segmentation.pages.figures import published_runs
from segmentation.pages.tier_dashboard import Shown
from segmentation.tiers import UNRATED
from ui import charts, formatting, toasts
from ui.listing import Asked, list_page
from workbench.team import figures
from workbench.team.figures import Person
from workbench.team.visits import VISITS, month_asked, on_time

LARGEST = Decimal(10) ** 12


# The customer list behind "silent", see figures.silent_by_owner.
def silent_asked() -> dict[str, Any]:
    return {"view": "high", "silent": number("silent_days"), "lifecycle": ACTIVE}


HEADS = (
    ("name", gettext_lazy("Person"), ""),
    ("customers", gettext_lazy("Customers by tier"), ""),
    ("plans", gettext_lazy("Follow-ups"), ""),
    ("logs", gettext_lazy("Written up in time"), "number"),
    ("silent", gettext_lazy("Silent"), "number"),
    ("target", gettext_lazy("Target"), ""),
)


@dataclass(frozen=True)
class Row:
    """One person as the table shows it."""

    person: Person
    pace: float
    month: date
    as_of: date | None
    references: str = ""  # beside the field of the target, for who may set it
    opens_orders: bool = True
    opens_visits: bool = True

    @property
    def mix(self) -> list[tuple[Shown | None, int, str]]:
        """(tier, customers, the list of them), best first; who has no tier stands last."""
        named, known = dict(catalogue.names()), catalogue.by_code()
        tiers = [Shown(code, named.get(code, tier.name), tier.slot, tier.letter) for code, tier in known.items()]
        counts = [(tier, self.person.tiers.get(tier.code if tier else UNRATED, 0)) for tier in (*tiers, None)]
        return [(tier, n, f"{self.customers_url}&to={tier.code if tier else UNRATED}") for tier, n in counts if n]

    @property
    def tier_bar(self) -> str:
        known = catalogue.by_code()
        shares = [(f"fill-{tier.slot}", self.person.tiers.get(code, 0)) for code, tier in known.items()]
        rest = sum(count for code, count in self.person.tiers.items() if code not in known)
        return charts.segments([*shares, ("fill-none", rest)], 6)

    @property
    def plan_bar(self) -> str:
        person = self.person
        left = max(0, person.planned - person.done)
        return charts.segments([("fill-ok", person.done), ("fill-none", left)], 6)

    @property
    def target_bar(self) -> str:
        return charts.bar((self.person.attainment or 0) * 100, mark=self.pace * 100)

    @property
    def targets_url(self) -> str:
        """All of the person's targets of the month, for who may set them."""
        return f"{reverse('person_targets', args=[self.person.user.pk])}?month={self.month:%Y-%m}"

    @property
    def target_plain(self) -> str:
        """The target as one would type it."""
        if self.person.target is None:
            return ""
        amount = formatting.major(self.person.target, currency())
        return f"{amount:.0f}" if amount == int(amount) else f"{amount:f}"

    @property
    def forecast(self) -> str:
        """What the month comes to if it goes on like this, and the same month a year ago; nothing of a month that is
        over, or has hardly begun."""
        person, parts = self.person, []
        if 0 < self.pace < 1 and person.sales > 0:
            ahead = round(int(person.sales) / self.pace)
            words = _amount(ahead)
            if person.target:
                words = f"{words} ({formatting.percent(ahead / person.target)})"
            parts.append(_("at this pace %(amount)s") % {"amount": words})
        if person.sales_year_ago is not None:
            parts.append(_("a year ago %(amount)s") % {"amount": _amount(person.sales_year_ago)})
        return " · ".join(parts)

    @property
    def behind(self) -> bool:
        return self.person.attainment is not None and self.person.attainment < self.pace - 0.05

    @property
    def customers_url(self) -> str:
        """The customers that the run of the figure counted."""
        run = {"run": self.as_of.isoformat()} if self.as_of else {}
        return f"{reverse('customer_list')}?{urlencode({'view': 'all', 'owner': self.person.user.pk, **run})}"

    @property
    def silent_url(self) -> str:
        return f"{reverse('customer_list')}?{urlencode({**silent_asked(), 'owner': self.person.user.pk}, doseq=True)}"

    @property
    def sales_url(self) -> str:
        """The orders of the month of whoever was their customer then."""
        return self._sold()

    def _sold(self, **more: Any) -> str:
        return _sales_url(self.month, seller=self.person.user.pk, **more) if self.opens_orders else ""

    @property
    def goals(self) -> list[tuple[Goal, str]]:
        """Each target that is a count, with the list of what was reached of it."""
        shut = {Target.Metric.ORDERS: not self.opens_orders, Target.Metric.VISITS: not self.opens_visits}
        who = self.person.user.pk
        return [
            (goal, "" if shut.get(Target.Metric(goal.metric)) else list_of(goal.metric, who, self.month, self.as_of))
            for goal in self.person.goals
        ]

    @property
    def visits_url(self) -> str:
        """Their visits and meetings of the month, late entries marked."""
        return _visits_url(self.month, person=self.person.user.pk) if self.opens_visits else ""

    @property
    def unwritten_url(self) -> str:
        asked = {"assignee": self.person.user.pk, "unwritten": f"{self.month:%Y-%m}"}
        return f"{reverse('follow_up_list')}?{urlencode(asked)}"

    @property
    def plans_url(self) -> str:
        """What was planned for the month, done or not."""
        asked = {"assignee": self.person.user.pk, "planned": f"{self.month:%Y-%m}"}
        return f"{reverse('follow_up_list')}?{urlencode(asked)}"

    @property
    def done_url(self) -> str:
        return f"{self.plans_url}&done=yes"

    @property
    def overdue_url(self) -> str:
        """The follow-ups that the figure counts: those of today, whichever month is shown."""
        asked = {"whose": "team", "assignee": self.person.user.pk, "when": "overdue"}
        return f"{reverse('follow_up_list')}?{urlencode(asked)}"


@require_safe
@needs("dashboard.view")
def team(request: Request) -> HttpResponse:
    """The board of one month."""
    month = month_of(request.GET.get("month", ""), clock.business_date())
    alone = not reach_of(request.user).beyond_own("dashboard.view")
    context = _context(request, month)
    return render(request, "team/mine.html" if alone and context["rows"] else "team/board.html", context)


@needs(VISITS.permission, READ)
def visits(request: Request) -> HttpResponse:
    """The visits and meetings behind "within 24 h"."""
    asked = Asked(VISITS, request)
    return list_page(
        asked,
        title=_("Visits and meetings"),
        template="team/visits.html",
        month=month_asked(asked),
        counted=on_time(asked),
    )


def _context(request: Request, month: date, **more: Any) -> dict[str, Any]:
    wanted = request.GET.get("sort", "")
    order = wanted if wanted in figures.ORDERS else next(iter(figures.ORDERS))
    run = published_runs().first()
    silent = figures.silent_by_owner(request.user)
    people = figures.board(request.user, month, order, run, silent)
    today = clock.business_date()
    pace, visits = pace_of(month, today), sum(p.logged + p.unwritten for p in people)
    here = [p for p in people if not p.left]
    sales, target = sum(p.sales for p in people), sum(p.target or 0 for p in people)
    may_set, orders, entries = (
        request.user.can(right) for right in ("target.change", "order.view", "interaction.view")
    )
    beside = _references(here, month) if may_set else {}
    days = number("silent_days")
    return {
        "silent_words": ngettext("no activity for %(n)s day", "no activity for %(n)s days", days) % {"n": days},
        "rows": [
            Row(person, pace, month, run and run.as_of, beside.get(person.user.pk, ""), orders, entries)
            for person in people
        ],
        "here": len(here),
        "told": any(p.has_work for p in people),
        "month": month,
        "months": [clock.next_month(today), *reversed(clock.months_back(today, 12))],
        "pace": pace,
        "sales": sales,
        "target": target,
        "attainment": sales / target if target else None,
        "planned": sum(p.planned for p in people),
        "done": sum(p.done for p in people),
        "overdue": sum(p.overdue for p in people),
        "silent": sum(silent.values()),
        "on_time": sum(p.logged - p.late for p in people) / visits if visits else None,
        "median_sales": median([p.sales for p in here]) if here else 0,
        "done_url": _done_url(month),
        "sales_url": _sales_url(month) if orders else "",
        "visits_url": _visits_url(month) if entries else "",
        "overdue_url": f"{reverse('follow_up_list')}?{urlencode({'people': MEASURED, 'when': 'overdue'})}",
        "silent_url": f"{reverse('customer_list')}?{urlencode(silent_asked(), doseq=True)}",
        "may_set": may_set,
        "missing": [p for p in here if p.target is None],
        "currency": currency(),
        "columns": registry().team_columns.values(),
        "title": _title(here, pace),
        "heads": [
            (label, f"?{urlencode({'month': f'{month:%Y-%m}', 'sort': key})}", key == order, css)
            for key, label, css in HEADS
        ],
        **more,
    }


def _sales_url(month: date, **more: Any) -> str:
    return f"{reverse('order_list')}?{urlencode({'sold': f'{month:%Y-%m}', **more})}"


def _visits_url(month: date, **more: Any) -> str:
    return f"{reverse('team_visits')}?{urlencode({'month': f'{month:%Y-%m}', **more})}"


def _done_url(month: date) -> str:
    asked = {"people": MEASURED, "planned": f"{month:%Y-%m}", "done": "yes"}
    return f"{reverse('follow_up_list')}?{urlencode(asked)}"


def _references(people: list[Person], month: date) -> dict[int, str]:
    """What stands beside the field of a target: what the person sold the month before and a year before, and the
    median of the team, as the boards of those months say. Nobody's sales are no data, not a zero."""
    before, year_ago = clock.months_back(month, 2)[0], clock.months_back(month, 13)[0]
    found = sold([person.user.pk for person in people], (before, year_ago))
    net = {key: of.net for key, of in found.items()}
    of_team = [net.get((person.user.pk, before)) for person in people]
    middle = median([n or 0 for n in of_team]) if any(n is not None for n in of_team) else None
    label = _("%(before)s: %(sold)s · %(year_ago)s: %(sold_then)s · median of the team in %(before)s: %(median)s")
    return {
        person.user.pk: label
        % {
            "before": formatting.month(before),
            "sold": _amount(net.get((person.user.pk, before))),
            "year_ago": formatting.month(year_ago),
            "sold_then": _amount(net.get((person.user.pk, year_ago))),
            "median": _amount(None if middle is None else round(middle)),
        }
        for person in people
    }


def _amount(value: int | None) -> str:
    return _("no data") if value is None else formatting.money_short(value, currency())


def _title(people: list[Person], pace: float) -> str:
    """The finding: how many of those with a target are behind, or that nobody is."""
    if len(people) == 1 and people[0].attainment is not None:
        behind_alone = people[0].attainment < pace - 0.05
        return _("Behind the pace of the month") if behind_alone else _("On the pace of the month")
    measured = [p.attainment for p in people if p.attainment is not None]
    if not measured:
        return _("No targets are set for this month")
    behind = [attainment for attainment in measured if attainment < pace - 0.05]
    if not behind:
        return _("Everybody is on the pace of the month")
    return _("%(n)s of %(all)s are behind the pace of the month") % {"n": len(behind), "all": len(measured)}


@require_POST
@needs("target.change")
def target_save(request: Request) -> HttpResponse:
    """Set one person's sales target of a month; a wrong number comes back with its sentence."""
    month = month_of(request.POST.get("month", ""), clock.business_date())
    person = _person(request)
    typed = request.POST.get("value", "")
    value = _minor(typed)
    if value is None:
        error = _("The target of %(name)s must be an amount of zero or more, such as 150000.") % {"name": person.name}
        wrong = {"error": error, "wrong_user": person.pk, "typed": typed}
        return render(request, "team/board.html", _context(request, month, **wrong), status=422)
    target_set(user=person, month=month, metric=Target.Metric.REVENUE, value=value, by=request.user)
    toasts.success(
        request,
        _("Target of %(name)s for %(month)s: %(value)s")
        % {"name": person.name, "month": formatting.month(month), "value": formatting.money(value, currency())},
    )
    return redirect(f"{reverse('team')}?{urlencode({'month': month.strftime('%Y-%m')})}")


def _person(request: Request) -> User:
    asked = request.POST.get("user", "")
    people = {str(person.pk): person for person in figures.people_for(request.user)}
    if asked not in people:
        raise Http404
    return people[asked]


def _minor(text: str) -> int | None:
    """Typed major units as minor ones; None when it isn't an amount."""
    try:
        value = values.number(text, currency())  # 58万 and 580,000 alike
    except BadCellError:
        return None
    return formatting.minor(value, currency()) if 0 <= value < LARGEST else None


@require_POST
@needs("target.change")
def targets_copy(request: Request) -> HttpResponse:
    """Give everybody without a target this month the one of the month before."""
    month = month_of(request.POST.get("month", ""), clock.business_date())
    before = clock.months_back(month, 2)[0]
    people = figures.people_for(request.user)
    have = set(
        Target.objects.for_user(request.user).filter(month=month, metric="revenue").values_list("user_id", flat=True)
    )
    earlier = Target.objects.for_user(request.user).filter(month=before, metric="revenue", user__in=people)
    copied = [target for target in earlier.select_related("user") if target.user_id not in have]
    for target in copied:
        target_set(user=target.user, month=month, metric=target.metric, value=target.value, by=request.user)
    toasts.success(
        request, _("%(n)s targets copied from %(month)s") % {"n": len(copied), "month": formatting.month(before)}
    )
    return redirect(f"{reverse('team')}?{urlencode({'month': month.strftime('%Y-%m')})}")
