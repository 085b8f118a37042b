"""The quick log of a contact, its undo, and choosing a customer for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.models import User
from core import clock
from core.http import safe_next
from customers import persistence, services
from customers.choosing import choose_customer
from customers.models import Contact, Customer, Interaction, InteractionKind, facts_of
from customers.rules import contact_rules, write_up_within
from customers.selectors import entry_to_correct
from followups.answering import answered_by, stands_by
from followups.asking import questions_for
from followups.log.forms import CorrectionForm, LogForm, now_to_the_minute
from followups.log.making import log_form
from followups.log.offline import captured_at, written_offline
from followups.models import FollowUp
from followups.selectors import NextStep, next_step_choices, open_of, touched_by
from followups.services.next_step import PLAN, usual_assignee
from followups.visits import day_of, is_over, took_place
from sales.needs.services import needs_move
from segmentation import catalogue
from segmentation.qualification.access import may_qualify
from ui import formatting
from ui.flow import act, edit_page, form_page

TODAY = "/"
SOON = timedelta(days=7)
PLANS_WITH = ("assignee", "check_in", "appointment")
MOST_PLANS = 20  # open at once of one customer: enough to find the visit among them


@dataclass
class Standing:
    """What is planned with the customer, asked when the form is drawn: a form that is sent needs nothing of it."""

    user: User
    customer: Customer
    asked_for: str  # the id of a visit, where one was chosen to be written up

    @cached_property
    def _plans(self) -> list[FollowUp]:
        return list(open_of(self.user, self.customer).select_related(*PLANS_WITH)[:MOST_PLANS])

    @cached_property
    def visit(self) -> FollowUp | None:
        """A visit that is over. It is logged for the day on which it was planned: the 24 hours began there."""
        today = clock.user_today(self.user)
        over = [plan for plan in self._plans if is_over(plan, today)]
        return next((plan for plan in over if str(plan.pk) == self.asked_for), next(iter(over), None))

    @property
    def signed_in(self) -> bool:
        """Whether its time is that of a check-in."""
        return self.visit is not None and hasattr(self.visit, "check_in")

    @property
    def plan(self) -> FollowUp | None:
        """What this contact answers."""
        return self.visit or next(iter(self._plans), None)

    @property
    def method(self) -> str:
        """Of the plan, else of the last contact."""
        plan = self.plan
        if plan is not None and plan.due_on <= clock.user_today(self.user) + SOON:
            return plan.method
        return facts_of(self.customer).last_contact_kind or InteractionKind.CALL

    @property
    def took_place(self) -> datetime | None:
        """When the visit was, as far as it is known."""
        if self.visit is None:
            return None
        ended = took_place(self.visit.due_on, self.visit.due_at, clock.user_zone(self.visit.assignee))
        return timezone.localtime(min(ended, clock.now())).replace(second=0, microsecond=0)

    @property
    def said(self) -> list[str]:
        """What of the days to come this contact closes, and what it leaves alone although it is near."""
        today = clock.user_today(self.user)
        near = [plan for plan in self._plans if today <= plan.due_on <= today + SOON and not is_over(plan, today)]
        closes = [plan for plan in answered_by(self.method, self._plans) if plan.due_on > today]
        stays = [plan for plan in near if stands_by(plan, InteractionKind.CALL)]
        found = [_("Saving closes: %(plan)s.") % {"plan": _named(plan)} for plan in closes]
        return found + [_("A call or a message leaves open: %(plan)s.") % {"plan": _named(plan)} for plan in stays]

    @property
    def hours(self) -> int:
        """How many there are to write a visit up."""
        return contact_rules().write_up_hours

    @property
    def left(self) -> timedelta | None:
        """Of the 24 hours; below zero when they are over."""
        return self.took_place + write_up_within() - clock.now() if self.took_place else None

    @property
    def is_late(self) -> bool:
        """Whether it will be a late entry: then the reason is asked for at once."""
        return self.left is not None and self.left < timedelta(0)


@needs("interaction.add", FORM)
def interaction_new(request: Request) -> HttpResponse:
    """Log activity; without a customer in the address, choose one first."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, "interaction.add", _("Log activity"), question=_("With whom?"))
    rows = Customer.objects.select_related("facts", "owner", "rhythm", "qualification").defer("search_tokens")
    customer = row_for(rows, request.user, wanted, "interaction.add")
    standing = Standing(request.user, customer, request.GET.get("visit", ""))
    offline = written_offline(request.user, request.GET.get("offline", ""))
    steps = next_step_choices(customer)
    start = {
        "kind": lambda: standing.method,
        "occurred_at": lambda: standing.took_place or now_to_the_minute(),
        "visit_at": lambda: standing.took_place,
        "next_step": _first_step(steps, clock.user_today(request.user)),
        "next_assignee": usual_assignee(customer, request.user).pk,
        "direction": "out",
        "contact": request.GET.get("contact", ""),
    }
    if offline:
        start["idempotency_key"] = offline.key
    page = reverse("customer", args=[customer.pk])
    address, _hash, row_of_today = safe_next(request, page).partition("#")
    return form_page(
        request,
        partial(
            log_form(request.user, customer, steps),
            on=day_of(request.GET.get("on", "")),
            moved=request.GET.get("stage", ""),
        ),
        "followups/log.html",
        initial=start,
        draft=offline.draft if offline else f"interaction:{customer.pk}",
        once=Interaction,
        save=partial(_log, request, customer),
        said=partial(_logged, request.user, customer),
        undo=lambda entry: reverse("interaction_undo", args=[entry.pk]),
        then=lambda _entry: _then(request, page),
        back=page,
        customer=customer,
        offline=offline,
        tier=catalogue.tier_of(customer),
        standing=standing,
        persistence=persistence.hint(customer),
        questions=questions_for(customer),
        may_qualify=may_qualify(request.user, customer),
        layout="shell/part.html" if request.headers.get("HX-Request") else "base.html",
        from_today=address == TODAY,
        somebody_waits=address == TODAY and bool(row_of_today),
    )


@transaction.atomic(savepoint=False)
def _log(request: Request, customer: Customer, form: LogForm) -> Interaction:
    """The entry, and what it says of needs."""
    entry = services.interaction_log(
        customer=customer, by=request.user, captured_at=captured_at(request.POST), **form.entry()
    )
    needs_move(customer=customer, moves=form.moves, by=request.user, interaction=entry)
    return entry


def _then(request: Request, page: str) -> str:
    """Back to the same place of the list; from Today, if asked for, on to the next customer."""
    back = safe_next(request, page)
    place = back.partition("#")[2]
    if place and request.POST.get("then") == "next":
        return f"{reverse('today_next')}?{urlencode({'at': place})}"
    return back


def _first_step(steps: Sequence[NextStep], today: date) -> str:
    """What is chosen unless the person says otherwise: the plan, else in some days."""
    some_days = today + timedelta(days=3)
    return next(step.value for step in steps if step.value == PLAN or (step.day and step.day >= some_days))


def _logged(user: User, customer: Customer, entry: Interaction) -> str:
    """Whom it was about, and when it goes on."""
    words = {"name": customer.name}
    said = _("%(name)s: logged as a late entry.") if entry.late else _("%(name)s: logged.")
    parts = [said % words]
    today = clock.user_today(user)
    standing, closed = touched_by(user, customer, entry, today)
    parts += [_("Closed with it: %(plan)s.") % {"plan": _named(plan)} for plan in closed]
    over = [plan for plan in standing if is_over(plan, today)]
    parts += [_("Still to be written up: %(plan)s.") % {"plan": _named(plan)} for plan in over[:1]]
    following = next((plan for plan in standing if plan not in over), None)
    if following is not None:
        when = formatting.planned(following.due_on, following.due_time, following.is_deadline)
        parts.append(_("Next follow-up: %(day)s.") % {"day": when})
    return formatting.sentences(*parts)


def _named(plan: FollowUp) -> str:
    """ "visit, Fri 27 Nov 10:00"."""
    when = formatting.planned(plan.due_on, plan.due_time)
    return _("%(method)s, %(when)s") % {"method": plan.get_method_display(), "when": when}


@needs("interaction.add", FORM)
def interaction_correct(request: Request, pk: int) -> HttpResponse:
    """Put an entry right: one's own wherever one may log, those of others by a right of its own."""
    find = partial(entry_to_correct, request.user, pk)
    entry = find()
    contacts = Contact.objects.for_user(request.user).filter(customer=entry.customer_id)
    return edit_page(
        request,
        partial(CorrectionForm, contacts=contacts.order_by("-is_primary", "id")),
        "followups/correct.html",
        row=entry,
        find=find,
        draft=f"interaction_correct:{pk}",
        save=lambda edit: services.interaction_correct(
            interaction=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Entry corrected"),
        then=reverse("customer", args=[entry.customer_id]),
        customer=entry.customer,
    )


@needs("interaction.delete", POST)
def interaction_undo(request: Request, pk: int) -> HttpResponse:
    """Take one's own entry back within 10 minutes."""
    entry = row_for(Interaction.objects.select_related("customer"), request.user, pk, "delete")
    return act(
        request,
        partial(services.interaction_undo, interaction=entry, by=request.user),
        said=_("Entry taken back"),
        refused={services.UndoTooLateError: _("Only your own entry of the last 10 minutes can be taken back.")},
        then=reverse("customer", args=[entry.customer_id]),
    )
