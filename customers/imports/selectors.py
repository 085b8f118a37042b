"""Reads of imports: what a job's page and the list show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.scope import reach_of
from core import clock
from customers.imports.kinds import Kind, all_kinds
from customers.imports.people import TEAM_ID, USER_ID, reps_of
from customers.models import ImportJob

State = ImportJob.State
TONES = {"done": "ok", "failed": "danger", "running": "info", "waiting": "info", "ready": "accent"}
PHASES = {
    "stage": _("reading the file"),
    "compare": _("comparing with what is stored"),
    "people": _("making new customers"),
    "products": _("making new products"),
    "orders": _("writing the orders"),
    "customers": _("writing the customers"),
}
COUNTS = {
    "rows": _("rows"),
    "orders": _("new orders"),
    "returns": _("returns"),
    "customers_created": _("new customers"),
    "updated": _("updated"),
    "unchanged": _("unchanged"),
    "rows_without_customer": _("rows without customer"),
    "errors": _("refused rows"),
}


def imports_of(user: Any) -> QuerySet[ImportJob]:
    """Imports in reach."""
    return ImportJob.objects.for_user(user).select_related("user")


def kinds_for(user: Any) -> list[Kind]:
    """What this person may bring in."""
    return [kind for kind in all_kinds() if user.can(kind.permission)]


@dataclass(frozen=True)
class Progress:
    """How far a job is: percent of its present part, in words."""

    percent: int
    words: Any
    at: int
    of: int
    stalled: bool  # nobody works on it: it waits for a worker, or for its command to be run again


def progress_of(job: ImportJob) -> Progress:
    """For jobs that wait or run."""
    reading = job.phase in ("", "stage") or not job.counts.get("last")
    at, of = (job.next_row, job.total_rows or 0) if reading else (job.cursor, job.counts["last"])
    alive = job.lease_until is not None and job.lease_until > clock.now()
    percent = min(99, at * 100 // of) if of else 0
    return Progress(percent, PHASES.get(job.phase, _("waiting for a worker")), min(at, of), of, stalled=not alive)


def outcome_of(job: ImportJob) -> list[tuple[Any, int, str]]:
    """(label, figure, tone) of what was or would be done; figures that are always zero for a kind stay away."""
    hidden = {"customers": ("orders", "returns", "rows_without_customer")}.get(job.kind, ())
    rows = [(name, label) for name, label in COUNTS.items() if name in job.counts and name not in hidden]
    return [
        (label, job.counts[name], "danger" if name == "errors" and job.counts[name] else "") for name, label in rows
    ]


def brought_by(job: ImportJob) -> list[tuple[Any, str]]:
    """(words, address) of the lists of customers that the import made and changed, as far as there are any."""
    kinds = set(job.customers.values_list("made", flat=True).distinct()) if job.started_at else set()
    listed = reverse("customer_list") if kinds else ""
    ways = ((True, "new", _("New customers")), (False, "changed", _("Changed customers")))
    return [(words, f"{listed}?view=all&import={job.pk}&brought={way}") for made, way, words in ways if made in kinds]


def owner_choices(user: Any) -> list[tuple[str, Any]]:
    """Who may own the new customers: oneself; with the right to assign also the pool and teams in turn."""
    mine = (f"{USER_ID}{user.pk}", _("me"))
    if not user.can("customer.assign"):
        return [mine]
    teams = [(f"{TEAM_ID}{team.pk}", _team_label(team, names)) for team, names in _teams_with_reps(user)]
    first = [("", _("nobody: unassigned pool")), mine]
    return first + teams if reach_of(user).everywhere("customer.assign") else [mine, first[0], *teams]


def _team_label(team: Team, reps: list[User]) -> str:
    words = _("%(team)s in turn (%(count)s people)")
    return words % {"team": team.name, "count": len(reps)}


def _teams_with_reps(user: Any) -> list[tuple[Team, list[User]]]:
    found = [(team, reps_of(team)) for team in Team.objects.for_user(user)]
    return [(team, reps) for team, reps in found if reps]
