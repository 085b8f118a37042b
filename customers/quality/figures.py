"""What is counted of files, each by the condition of the list that opens behind the figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from accounts.models import Team, User
from accounts.scope import ScopedQuerySet, reach_of
from core import clock, company
from customers import required
from customers.addresses import with_dead_mail
from customers.completeness import percentage
from customers.models import Customer, Interaction, Kind, QualitySum
from customers.selectors import UNCALLABLE
from customers.verification.rule import due, verification_rules

RULED = ("visit", "meeting")  # kinds under the rule of writing up
COUNTED = ("files", "complete", "percents", "stale", "phones", "mails", "visits", "late")


@dataclass
class Files:
    """The figures of some files; `lacks` by field."""

    files: int = 0
    complete: int = 0
    percents: int = 0
    stale: int = 0
    phones: int = 0
    mails: int = 0
    visits: int = 0
    late: int = 0
    lacks: dict[str, int] = field(default_factory=dict)

    @property
    def completeness(self) -> float | None:
        """The mean, of 1."""
        return self.percents / self.files / 100 if self.files else None

    @property
    def stale_share(self) -> float | None:
        return self.stale / self.files if self.files else None

    @property
    def late_share(self) -> float | None:
        return self.late / self.visits if self.visits else None

    def add(self, other: Files) -> None:
        """Both together."""
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, count in other.lacks.items():
            self.lacks[name] = self.lacks.get(name, 0) + count


def together(parts: Iterable[Files]) -> Files:
    """All of them."""
    found = Files()
    for part in parts:
        found.add(part)
    return found


def count(rows: ScopedQuerySet, by: str, names: Iterable[str], today: date) -> dict[Any, Files]:
    """The figures of these customers, by owner or team; three statements. What few have is asked by its own index."""
    fields = list(names)
    lacking = {f"lacks_{name}": Count("pk", filter=required.lacks(name)) for name in fields}
    some = Q(pk__in=[])
    for name in fields:
        some |= required.lacks(name)
    found: dict[Any, Files] = {}
    counted = (
        rows.order_by()
        .values(by)
        .annotate(
            files=Count("pk"),
            complete=Count("pk", filter=~some),
            percents=Sum(percentage()),
            stale=Count("pk", filter=due(verification_rules(), today)),
            **lacking,
        )
    )
    for row in counted:
        one = found[row[by]] = Files(*(row[name] for name in ("files", "complete", "percents", "stale")))
        one.lacks = {name: row[f"lacks_{name}"] for name in fields}
    for name, where in (("phones", UNCALLABLE), ("mails", with_dead_mail())):
        for key, n in rows.filter(where).order_by().values_list(by).annotate(n=Count("pk")):
            setattr(found[key], name, n)
    return found


def ruled_in(month: date) -> Q:
    """Visits and meetings of the month, which are to be written up within the company's hours."""
    begin, _next = clock.day_bounds(month, company.zone())
    end, _next = clock.day_bounds(clock.next_month(month), company.zone())
    return Q(kind__in=RULED, occurred_at__gte=begin, occurred_at__lt=end)


# --- kept month by month ---------------------------------------------------------------------------------------------
def kept(user: User, months: Iterable[date], team: Team | None = None) -> Mapping[date, Files]:
    """What was kept of the files of the people in reach, by month."""
    rows = QualitySum.objects.filter(reach_of(user).whose("owner", "customer.view"), month__in=list(months))
    if team is not None:
        rows = rows.filter(team__path__startswith=team.path)
    found: dict[date, Files] = {}
    for row in rows:
        found.setdefault(row.month, Files()).add(of_sum(row))
    return found


def of_sum(row: QualitySum) -> Files:
    """The figures of a kept row."""
    return Files(**{name: getattr(row, name) for name in COUNTED}, lacks=dict(row.lacks))


def keep_month(business_date: date) -> dict[str, Any]:
    """The nightly job: at the end of a month its figures are kept, a row for each owner; on other nights nothing."""
    if business_date != clock.month_end(business_date):
        return {}
    month = business_date.replace(day=1)
    return {"owners": _keep(month, business_date)}


def _keep(month: date, today: date) -> int:
    names = [name for name in required.all_fields() if any(name in required.counted(kind) for kind in Kind.values)]
    # unscoped: the night counts for everybody
    found = count(Customer.objects.all(), "owner", [required.NAME, *names], today)
    visits = Interaction.objects.filter(ruled_in(month)).order_by().values_list("user")
    for pk, n, late in visits.annotate(n=Count("pk"), tardy=Count("pk", filter=Q(late=True))):
        one = found.setdefault(pk, Files())
        one.visits, one.late = n, late
    teams = dict(User.objects.filter(pk__in=[pk for pk in found if pk]).values_list("pk", "team"))
    QualitySum.objects.filter(month=month).delete()
    QualitySum.objects.bulk_create(
        QualitySum(
            month=month,
            owner_id=pk,
            team_id=teams.get(pk),
            lacks={name: n for name, n in one.lacks.items() if n},
            **{name: getattr(one, name) for name in COUNTED},
        )
        for pk, one in found.items()
    )
    return len(found)
