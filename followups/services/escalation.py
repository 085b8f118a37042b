"""Follow-ups that lie too long: found in the night, told once for each step, given to somebody else by who leads."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from accounts import audit
from accounts.models import User
from accounts.scope import ALL, reach_of
from accounts.selectors import holders
from accounts.services import heirs_of_team, leads_above
from core import clock, sql
from core.notices import tell
from core.versions import StaleVersionError, save_version
from customers.models import Customer
from customers.services import customer_transfer
from followups.escalation.days import days_of_step, escalation_days, overdue_since
from followups.hours.days import AS_COMPANY, PersonDays, own_days
from followups.locks import hold
from followups.models import Escalation, EscalationDays, FollowUp, Notice
from followups.services.follow_ups import follow_up_change
from followups.services.notices import DAY_NOTICE_AT

KIND = Notice.Kind.LATE
Step, Answer = Escalation.Step, Escalation.Answer
State = FollowUp.State


# --- the night -------------------------------------------------------------------------------------------------------
@transaction.atomic
def escalate(business_date: date) -> int:
    """Find what has lain too long at the end of that day, propose who could do it, and tell the lead, then the manager;
    the manager at once where no team above the person has a lead.

    One notice for each of them, person and step, with how many; each follow-up counts in one only, ever. Returns how
    many steps were reached.
    """
    days = escalation_days()
    if not days.is_on:
        return 0
    steps = {f"step_{step.name.lower()}": step.value for step in Step}

    def since(own: PersonDays) -> dict[str, str]:
        return {
            step.name.lower(): overdue_since(business_date, days_of_step(step, days), own).isoformat() for step in Step
        }

    apart = [{"person": person, **since(own)} for person, own in own_days().items()]
    params = {
        "day": business_date,
        **steps,
        **since(AS_COMPANY),
        "apart": json.dumps(apart),
        **sql.choices(state=State),
    }
    reached = sql.change("followups", "escalate", params)
    if reached:
        _propose(business_date, steps)
        _tell(business_date, days)
    return reached


def _propose(business_date: date, steps: dict[str, int]) -> None:
    """Deal the new proposals out among the colleagues of each person, those with the least overdue first."""
    fresh = Escalation.objects.filter(reached_on=business_date, step=Step.PROPOSAL, answer="", proposed=None)
    people = User.objects.filter(pk__in=fresh.values("assignee")).select_related("team")
    heirs: list[dict[str, int]] = []
    colleagues = {person: heirs_of_team(person.team, person) for person in people if person.team}
    everybody = {heir.pk for found in colleagues.values() for heir in found}
    loads = Counter(dict(_overdue(everybody, business_date)))
    for person, found in colleagues.items():
        ordered = sorted(found, key=lambda heir: (loads[heir.pk], heir.pk))
        heirs += [
            {"assignee": person.pk, "heir": heir.pk, "place": place, "of": len(ordered)}
            for place, heir in enumerate(ordered)
        ]
    if heirs:
        sql.change("followups", "escalate_propose", {"day": business_date, "heirs": json.dumps(heirs), **steps})


def _overdue(people: Iterable[int], day: date) -> Iterable[tuple[int, int]]:
    rows = FollowUp.objects.filter(assignee__in=people, state=State.OPEN, due_on__lt=day)
    return rows.order_by().values_list("assignee").annotate(n=Count("pk"))


def _tell(business_date: date, days: EscalationDays) -> None:
    rows = Escalation.objects.filter(reached_on=business_date).order_by()
    counted = list(rows.values("assignee", "step").annotate(n=Count("pk")))
    people = User.objects.filter(pk__in=[row["assignee"] for row in counted]).select_related("team").in_bulk()
    leads, managers = leads_above(people.values()), _managers_of(people.values())
    for row in counted:
        person = people[row["assignee"]]
        lead = leads.get(person.pk)
        # Without a lead the first step isn't lost: it goes where the second one goes.
        told = [lead] if row["step"] == Step.LEAD and lead else managers[person.pk]
        for user in told:
            zone = clock.user_zone(user)
            morning = clock.at_local(clock.now().astimezone(zone).date(), DAY_NOTICE_AT, zone)
            tell(
                user=user,
                kind=KIND,
                key=f"{KIND}:{business_date.isoformat()}:{row['step']}:{person.pk}:{user.pk}",
                numbers={
                    "name": person.name,
                    "n": row["n"],
                    "days": days_of_step(row["step"], days),
                    "step": row["step"],
                },
                url=f"{reverse('late_list')}?person={person.pk}",
                mail_at=morning,
            )


def _managers_of(people: Iterable[User]) -> dict[int, list[User]]:
    """{person's id: who may give their work to others and set the plans}, of those the nearest in the tree of teams."""
    managers = holders("plan_rule.change").filter(pk__in=holders("customer.assign").values("pk"))
    reaches = [(one, reach_of(one).people("customer.assign")) for one in managers.select_related("role", "team")]
    found: dict[int, list[User]] = {}
    for person in people:
        path = person.team.path if person.team else ""
        near: dict[int, list[User]] = defaultdict(list)
        for manager, reach in reaches:
            if manager.pk == person.pk or not (reach is ALL or person.pk in reach):
                continue
            above = manager.team is not None and bool(manager.team.path) and path.startswith(manager.team.path)
            near[len(manager.team.path) if above and manager.team else 0].append(manager)
        found[person.pk] = near[max(near)] if near else []
    return found


# --- an answer -------------------------------------------------------------------------------------------------------
@dataclass
class Answered:
    """What came of an answer to several: how many were given, and how many somebody has done or moved meanwhile."""

    done: int = 0
    meanwhile: int = 0


def late_answer(*, rows: Sequence[Escalation], answer: str, to: User | None, by: User) -> Answered:
    """Give each follow-up, or its customer, to `to` (None: to whom it was proposed), or leave it where it is.

    What was done, moved or answered in the meantime stays as it is and is counted; so is what names nobody.
    """
    found = Answered()
    for row in rows:
        heir = to or row.proposed
        if answer != Answer.STAYS and (heir is None or not heir.is_active or heir.pk == row.follow_up.assignee_id):
            found.meanwhile += 1
            continue
        try:
            _answer(row, answer, heir, by)
        except StaleVersionError:
            found.meanwhile += 1
        else:
            found.done += 1
    return found


@transaction.atomic
def _answer(row: Escalation, answer: str, heir: User | None, by: User) -> None:
    """One of them; StaleVersionError when it is no longer as it was shown."""
    # All steps of it at once. The first to write wins; who comes second waits here and finds nothing left.
    waiting = Escalation.objects.filter(follow_up=row.follow_up_id, due_on=row.due_on, answer="")
    if not waiting.update(answer=answer, answered_by=by, answered_at=clock.now()):
        raise StaleVersionError(row)
    # In the order of followups/locks.py, as the customer may change hands: who moves it just now is waited for.
    customer_id = row.follow_up.customer_id
    Customer.all_objects.select_for_update(no_key=True).get(pk=customer_id)
    hold([customer_id])
    follow_up = FollowUp.objects.select_related("customer", "assignee").get(pk=row.follow_up_id)
    if (follow_up.state, follow_up.due_on, follow_up.assignee_id) != (State.OPEN, row.due_on, row.assignee_id):
        raise StaleVersionError(row)
    if heir is not None and answer == Answer.FOLLOW_UP:
        follow_up_change(follow_up=follow_up, changes={"assignee": heir}, version=follow_up.version, by=by)
    elif heir is not None and answer == Answer.CUSTOMER:
        customer_transfer(customer=Customer.objects.get(pk=follow_up.customer_id), to=heir, by=by)
        left = FollowUp.objects.filter(pk=follow_up.pk, state=State.OPEN).exclude(assignee=heir).first()
        if left is not None:  # it was a colleague's, with a customer of somebody else
            follow_up_change(follow_up=left, changes={"assignee": heir}, version=left.version, by=by)
    audit.record("follow_up.late", by=by, on=follow_up, answer=answer, to_user=heir.pk if heir else None)


# --- settings --------------------------------------------------------------------------------------------------------
@transaction.atomic
def escalation_days_change(*, row: EscalationDays, changes: dict[str, Any], version: int, by: User) -> None:
    """Set after how many working days who is told; it counts from the next night on. `row` may not be stored yet."""
    before = {name: getattr(row, name) for name in changes}
    if row.version == 0 and version == 0:
        names = ("lead_after", "manager_after", "proposal_after", "is_on")
        values = {name: getattr(row, name) for name in names} | changes
        stored, made = EscalationDays.objects.get_or_create(
            pk=1, defaults={**values, "created_by": by, "updated_by": by}
        )
        if not made:
            raise StaleVersionError(stored)
    else:
        save_version(row, changes, version=version, by=by)
    details: dict[str, Any] = {name: [before[name], value] for name, value in changes.items()}
    audit.record("escalation_days.change", by=by, **details)
