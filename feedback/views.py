"""Pages of complaints: the list by tabs, the intake, the case."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.heldposts import bound_or_held
from accounts.http import Request
from accounts.masking import masked
from core.idempotency import SENT_BEFORE, KeyReusedError, create_once
from core.versions import StaleVersionError
from customers.choosing import EVERYBODY, choose_customer
from customers.models import Customer, facts_of
from feedback import forms, look, record, selectors, services, states
from feedback.listing import COMPLAINT_BIN, COMPLAINTS
from feedback.models import Complaint, ComplaintStep
from segmentation.selectors import scheme_of, tiers_by_code
from ui import toasts
from ui.bins import bin_page
from ui.flow import act, add_errors, form_page
from ui.listing import Asked, Offer, list_page
from ui.templatetags import ui

WINDOW_TITLES = {
    "open": gettext_lazy("Complaints"),
    "mine": gettext_lazy("My complaints"),
    "breached": gettext_lazy("Breached complaints"),
    "closed": gettext_lazy("Closed complaints"),
}


@needs("complaint.view", READ)
def feedback_home(request: Request) -> HttpResponse:
    """Feedback begins with the complaints."""
    return redirect("complaint_list")


# --- the list --------------------------------------------------------------------------------------------------------
@needs(COMPLAINTS.permission, READ)
def complaint_list(request: Request) -> HttpResponse:
    """Complaints by tab, the one whose clock ends first on top; perhaps of one severity only."""
    asked = Asked(COMPLAINTS, request)
    severity = asked.values.get("severity")
    offers = [Offer(_("all"), asked.query(severity=None), severity is None)]
    offers += [Offer(one.label, asked.query(severity=one.value), one == severity) for one in Complaint.Severity]
    return list_page(
        asked,
        title=_("Feedback and complaints"),
        template="feedback/complaint_list.html",
        sub=_("The first response is due within 24 hours by the clock, nights and weekends included."),
        window_title=WINDOW_TITLES[asked.tab.key],
        figures=selectors.figures(request.user),
        severity=severity.label if severity else _("all"),
        severities=offers,
        may_add=request.user.can("complaint.add"),
        may_delete=request.user.can("complaint.delete"),
    )


# --- intake ----------------------------------------------------------------------------------------------------------
@needs("complaint.add", FORM)
def complaint_new(request: Request) -> HttpResponse:
    """Take a complaint in; without a customer in the address, choose one first."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        title, question = _("Take a complaint in"), _("Whose complaint is it?")
        return choose_customer(
            request, "complaint.add", title, question=question, start=EVERYBODY, note=_open_complaints
        )
    rows = Customer.objects.select_related("facts", "owner").defer("search_tokens")
    customer = row_for(rows, request.user, wanted, "complaint.add")
    return form_page(
        request,
        partial(forms.IntakeForm, user=request.user, customer=customer),
        "feedback/complaint_new.html",
        initial={"owner": customer.owner_id or request.user.pk},
        draft=f"complaint_new:{customer.pk}",
        once=Complaint,
        save=lambda form: services.complaint_create(customer=customer, by=request.user, **form.values()),
        said=lambda made: _("Complaint %(number)s taken in") % {"number": made.number},
        then=lambda made: reverse("complaint", args=[made.pk]),
        back=reverse("complaint_list"),
        customer=customer,
    )


def _open_complaints(customer: Customer) -> SafeString:
    """How many complaints of this customer are open already, for the chooser."""
    count = facts_of(customer).open_complaints
    words = ngettext("%(n)s open complaint", "%(n)s open complaints", count) % {"n": count}
    return ui.tag(words, "warn") if count else SafeString()


# --- the case --------------------------------------------------------------------------------------------------------
@needs("complaint.view", FORM)
def complaint(request: Request, pk: int) -> HttpResponse:
    """One complaint; a POST carries `act`: move, respond, note or assign."""
    if request.method == "POST":
        case = row_for(selectors.rows(), request.user, pk, "change")
        return _act(request, case)
    return _draw(request, row_for(selectors.rows(), request.user, pk), bound_or_held(request))


def _act(request: Request, case: Complaint) -> HttpResponse:
    act = request.POST.get("act", "")
    if act not in ACTS:
        return _draw(request, case, status=422)
    form = _forms(request, case, request.POST)[act]
    if "version" in form.fields and request.POST.get("version") != str(case.version):
        return _draw(request, case, request.POST, 409)
    if form.is_valid():
        try:
            said = ACTS[act](request, case, form)
        except StaleVersionError as stale:
            return _draw(request, row_for(selectors.rows(), request.user, stale.current.pk), request.POST, 409)
        except KeyReusedError:
            form.add_error(None, SENT_BEFORE)
        except ValidationError as error:
            add_errors(form, error)
        else:
            toasts.success(request, said)
            return _after(request, case)
    return _draw(request, row_for(selectors.rows(), request.user, case.pk), request.POST, 422, {act: form})


def _after(request: Request, case: Complaint) -> HttpResponse:
    """Back to the case, or to the list when a hand-over took it out of reach."""
    in_reach = Complaint.objects.for_user(request.user).filter(pk=case.pk).exists()
    return redirect("complaint", case.pk) if in_reach else redirect("complaint_list")


def _move(request: Request, case: Complaint, form: BaseForm) -> str:
    values = dict(form.cleaned_data)
    services.complaint_move(complaint=case, by=request.user, **values)
    return _("Complaint is now: %(state)s") % {"state": case.get_state_display()}


def _respond(request: Request, case: Complaint, form: BaseForm) -> str:
    values = dict(form.cleaned_data)
    services.complaint_respond(complaint=case, by=request.user, at=values.pop("first_response_at"), **values)
    return _("First response noted")


def _assign(request: Request, case: Complaint, form: BaseForm) -> str:
    values = dict(form.cleaned_data)
    owner = values.pop("owner")
    services.complaint_assign(complaint=case, to=owner, by=request.user, **values)
    return _("Handed over to %(name)s") % {"name": owner.name}


def _note(request: Request, case: Complaint, form: BaseForm) -> str:
    note = form.cleaned_data["note"]
    create_once(
        user=request.user,
        key=str(form.cleaned_data["idempotency_key"] or ""),
        data={"complaint": case.pk, "note": note},
        model=ComplaintStep,
        create=lambda: services.complaint_note(complaint=case, by=request.user, note=note),
    )
    return _("Note added")


ACTS: Mapping[str, Callable[[Request, Complaint, BaseForm], str]] = {
    "move": _move,
    "respond": _respond,
    "assign": _assign,
    "note": _note,
}


def _forms(request: Request, case: Complaint, data: QueryDict | None = None) -> dict[str, BaseForm]:
    """The forms of the page; the one that `data` is for is bound to it."""

    def given(act: str) -> QueryDict | None:
        return data if data is not None and data.get("act") == act else None

    version = {"version": case.version}
    start = version | {"to": states.NEXT[case.state][0], "severity": case.severity, "result": case.result}
    if len(states.NEXT[case.state]) > 1:
        start.pop("to")
    owners = selectors.owner_choices(request.user, case.customer, case)
    return {
        "move": forms.MoveForm(given("move"), complaint=case, initial=start, auto_id="move_%s"),
        "respond": forms.ResponseForm(given("respond"), initial=version, auto_id="respond_%s"),
        "assign": forms.AssignForm(given("assign"), owners=owners, initial=version, auto_id="assign_%s"),
        "note": forms.NoteForm(given("note"), auto_id="note_%s"),
    }


def _draw(
    request: Request,
    case: Complaint,
    data: QueryDict | None = None,
    status: int = 200,
    used: Mapping[str, BaseForm] | None = None,
) -> HttpResponse:
    """The page of a case; after a conflict (409) what was typed stands over the new version."""
    masked(request.user, case.customer)
    if status == 409 and data is not None:
        data = data.copy()
        data["version"] = str(case.version)
    context = {
        "case": case,
        "forms": _forms(request, case, data) | dict(used or {}),
        "may_change": Complaint.objects.for_user(request.user, "change").filter(pk=case.pk).exists(),
        "may_delete": Complaint.objects.for_user(request.user, "delete").filter(pk=case.pk).exists(),
        "openable": case.customer_id in selectors.visible_customers(request.user, [case]),
        "severity": look.severity(case),
        "clock_line": look.clock(case.clock),
        "steps": _steps_bar(case),
        "record": record.entries_of(case, selectors.steps_of(case)),
        "others": selectors.others_of(request.user, case),
        "tier": _tier_of(case.customer),
        "conflict": status == 409,
        "acted": data.get("act", "") if data is not None else "",
    }
    return render(request, "feedback/complaint.html", context, status=status)


def _tier_of(customer: Customer) -> Any:
    facts = facts_of(customer)
    return tiers_by_code().get((scheme_of(customer), facts.tier))


def _steps_bar(case: Complaint) -> list[dict[str, Any]]:
    """Five steps with the moment each was last entered."""
    moves = case.steps.filter(kind=ComplaintStep.Kind.MOVE)
    entered = {states.STEP_OF[step.to_state]: step.at for step in moves}
    now = states.STEP_OF[case.state]
    words = (_("Intake"), _("Investigation"), _("Resolution"), _("Reply to customer"), _("Satisfaction check"))
    return [
        {"number": n, "label": label, "done": n < now, "current": n == now, "at": entered.get(n) if n <= now else None}
        for n, label in enumerate(words, start=1)
    ]


# --- recycle bin -----------------------------------------------------------------------------------------------------
@needs("complaint.delete", POST)
def complaint_delete(request: Request, pk: int) -> HttpResponse:
    """Into the recycle bin, with an undo."""
    case = row_for(Complaint.objects, request.user, pk, "delete")
    return act(
        request,
        partial(services.complaint_delete, complaint=case, by=request.user, version=case.version),
        said=_("Moved to the recycle bin"),
        undo=reverse("complaint_restore", args=[pk]),
        refused={StaleVersionError: _("Somebody changed this complaint meanwhile. It wasn't deleted.")},
        then=reverse("complaint_list"),
        or_to=reverse("complaint", args=[pk]),
    )


@needs(COMPLAINT_BIN.permission, READ)
def complaint_bin(request: Request) -> HttpResponse:
    """Deleted complaints that this person may bring back."""
    return bin_page(
        Asked(COMPLAINT_BIN, request),
        title=_("Deleted complaints"),
        sub=_("Restoring brings a complaint back with its record and its clock."),
        home="complaint_list",
        home_label=_("Complaints"),
    )


@needs("complaint.delete", POST)
def complaint_restore(request: Request, pk: int) -> HttpResponse:
    """Out of the recycle bin."""

    def then(_done: object) -> str:
        in_reach = Complaint.objects.for_user(request.user).filter(pk=pk).exists()
        return reverse("complaint", args=[pk]) if in_reach else reverse("complaint_bin")

    case = selectors.binned(request.user, pk)
    do = partial(services.complaint_restore, complaint=case, by=request.user)
    return act(request, do, said=_("Complaint restored"), then=then)
