"""The page of one warning, and the buttons that take a step or an action back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import row_for
from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from accounts.masking import may_read
from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.company import currency
from core.http import row_id
from customers.models import facts_of
from customers.services import UndoTooLateError
from segmentation import selectors
from segmentation.cases import services
from segmentation.cases.forms import ActionForm, CloseForm, GiveStep, PlanForm
from segmentation.cases.models import CaseAction
from segmentation.cases.record import entries_of
from segmentation.cases.selectors import Doing, action_rows, causes, doing_of
from segmentation.catalogue import tier_of
from segmentation.models import ChurnCase
from segmentation.services import RefusedError
from segmentation.wording import case_texts
from ui import formatting
from ui.flow import PageForm, act, forms_page

TOO_LATE = gettext_lazy(
    "It can't be taken back any more: ten minutes have passed, or somebody has gone on with it since."
)


# --- the page -----------------------------------------------------------------------------------------------------
@needs("warning.view", FORM)
def warning(request: Request, pk: int) -> HttpResponse:
    """One warning: why, what was done, and what may be done with it."""
    user = request.user
    action = "change" if request.method == "POST" else "view"
    return forms_page(
        request,
        "segmentation/cases/case.html",
        find=partial(row_for, selectors.warning_rows(), user, pk, action),
        forms=partial(_acts, user),
        show=partial(_shown, user, request.get_full_path()),
        then=reverse("warning", args=[pk]),
    )


def _acts(user: User, case: ChurnCase) -> Mapping[str, PageForm]:
    """What may be done with the case as it stands, each with its form."""
    undo, refused, people = reverse("warning_undo", args=[case.pk]), (RefusedError,), selectors.colleagues(user)

    def give(form: GiveStep) -> object:
        to = form.cleaned_data["to"] or case.customer.owner
        if to is None:
            raise RefusedError(_("%(name)s has no owner: choose who works on it.") % {"name": case.customer.name})
        services.warning_give(case=case, version=case.version, to=to, by=user, **form.wanted())
        return case

    offered = {
        "action": PageForm(
            partial(ActionForm, people=people if selectors.gives(user) else people.none()),
            lambda form: services.action_add(case=case, by=user, **form.values()),
            _("Noted"),
            once=CaseAction,
            undo=lambda made: reverse("case_action_remove", args=[made.pk]),
        ),
        "plan": PageForm(
            partial(PlanForm, case=case, causes=causes()),
            lambda form: services.warning_plan(case=case, version=case.version, changes=form.values(), by=user),
            _("Saved"),
            refused=refused,
            undo=undo,
        ),
    }
    if case.closed_at is None:
        offered["close"] = PageForm(
            partial(CloseForm, case=case, causes=causes()),
            lambda form: services.warning_close(case=case, version=case.version, by=user, **form.values()),
            _("The warning is closed."),
            refused=refused,
            undo=undo,
        )
        if selectors.gives(user):
            offered["give"] = PageForm(
                partial(GiveStep, people=people, today=clock.user_today(user)),
                give,
                lambda given: _("%(name)s is in charge of it.") % {"name": given.in_charge.name},
                initial={"to": case.in_charge_id, "plan": case.plan},
                refused=refused,
                undo=undo,
            )
    return offered


def _shown(user: User, back: str, case: ChurnCase) -> dict[str, Any]:
    """What the page shows beside its forms."""
    customer = case.customer
    may_change = ChurnCase.objects.for_user(user, "change").filter(pk=case.pk).exists()
    query = urlencode({"customer": str(customer.pk), "next": back})
    reach = reach_of(user)
    return {
        "case": case,
        "customer": customer,
        "may_change": may_change,
        "tier": tier_of(customer),
        "reasons": case_texts(case, shown=8),
        "bought_since": case.closed_at is None and facts_of(customer).rated_tonight,
        "record": entries_of(user, case, may_change=may_change),
        "doing": doing_of(user, [case]).get(case.pk, Doing()),
        "currency": currency(),
        "calls": may_read(user, customer, "phone"),
        "opens_customer": reach.holds(customer, "customer.view"),
        "log_url": f"{reverse('interaction_new')}?{query}" if reach.holds(customer, "interaction.add") else "",
        "today": clock.business_date(),
        "may_reopen": may_change and case.closed_at is not None and case.closed_by_id is not None,
    }


# --- buttons ------------------------------------------------------------------------------------------------------
@needs("warning.change", POST)
def warning_reopen(request: Request, pk: int) -> HttpResponse:
    """Go on with a warning that a person has closed."""
    case = row_for(selectors.warning_rows(), request.user, pk, "change")
    version = row_id(request.POST.get("version", "")) or 0
    return act(
        request,
        partial(services.warning_reopen, case=case, version=version, by=request.user),
        said=_("The warning is open again."),
        undo=reverse("warning_undo", args=[pk]),
        refused={RefusedError: ""},
        then=reverse("warning", args=[pk]),
    )


@needs("warning.change", POST)
def warning_undo(request: Request, pk: int) -> HttpResponse:
    """Take one's own last step back."""
    case = row_for(selectors.warning_rows(), request.user, pk, "change")
    return act(
        request,
        partial(services.warning_undo, case=case, by=request.user),
        said=_("Taken back: the warning is as it was before."),
        refused={UndoTooLateError: TOO_LATE},
        then=reverse("warning", args=[pk]),
    )


@needs("warning.change", POST)
def warnings_given_undo(request: Request, batch: UUID) -> HttpResponse:
    """Take back that several warnings were given at once; only who gave them can."""

    def said(done: services.GivenBack) -> str:
        told = []
        if n := done.back:
            words = ngettext("%(n)s warning is as it was before.", "%(n)s warnings are as they were before.", n)
            told.append(words % {"n": n})
        if n := done.moved_on:
            told.append(ngettext("%(n)s has moved on and stays.", "%(n)s have moved on and stay.", n) % {"n": n})
        if n := done.not_ours:
            words = ngettext(
                "%(n)s is no longer yours to change and stays.", "%(n)s are no longer yours to change and stay.", n
            )
            told.append(words % {"n": n})
        return formatting.sentences(*told)

    return act(
        request,
        partial(services.warnings_undo, batch=batch, by=request.user),
        said=said,
        refused={UndoTooLateError: TOO_LATE},
        then=reverse("warning_list"),
    )


@needs("warning.change", POST)
def case_action_remove(request: Request, pk: int) -> HttpResponse:
    """Take off what was noted by mistake."""
    action = row_for(action_rows(), request.user, pk, "change")
    return act(
        request,
        partial(services.action_remove, action=action, by=request.user),
        said=_("Removed"),
        undo=reverse("case_action_restore", args=[pk]),
        then=reverse("warning", args=[action.case_id]),
    )


@needs("warning.change", POST)
def case_action_restore(request: Request, pk: int) -> HttpResponse:
    """Put back what was just removed."""
    action = row_for(action_rows(), request.user, pk, "change")
    return act(
        request,
        partial(services.action_restore, action=action, by=request.user),
        said=_("Noted again"),
        refused={UndoTooLateError: TOO_LATE},
        then=reverse("warning", args=[action.case_id]),
    )
