"""Pages of complaints: the list by tabs, the intake, the case."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from accounts.models import User
from accounts.scope import reach_of
from customers.attachments.reading import files_at
from customers.attachments.rights import reads_in_full
from customers.choosing import EVERYBODY, choose_customer
from customers.models import Customer, facts_of
from feedback import forms, hours, look, record, selectors, services, states
from feedback.listing import COMPLAINT_BIN, COMPLAINTS
from feedback.models import Complaint, ComplaintStep
from segmentation.catalogue import tier_of
from ui.bins import bin_page
from ui.flow import PageForm, act, edit_page, form_page, forms_page
from ui.listing import Asked, Offer, list_page
from ui.templatetags import ui

Channel = Complaint.Channel
WINDOW_TITLES = {
    "open": gettext_lazy("Complaints"),
    "waiting": gettext_lazy("Complaints waiting on me"),
    "mine": gettext_lazy("My complaints"),
    "breached": gettext_lazy("Breached complaints"),
    "closed": gettext_lazy("Closed complaints"),
    "figure": gettext_lazy("Complaints"),
}


def _first_response_words() -> str:
    within = hours.first_response()
    if not within:
        return _("How soon the first response and the solution are due depends on the severity.")
    return _("The first response is due within %(time)s.") % {"time": within}


@needs("complaint.view", READ)
def feedback_home(request: Request) -> HttpResponse:
    """Feedback begins with the complaints."""
    return redirect("complaint_list")


# --- the list --------------------------------------------------------------------------------------------------------
@needs(COMPLAINTS.permission, READ)
def complaint_list(request: Request) -> HttpResponse:
    """Complaints by tab, the one whose clock ends first on top; searched, filtered and sorted."""
    asked = Asked(COMPLAINTS, request)
    figures = selectors.figures(request.user)
    return list_page(
        asked,
        title=_("Feedback and complaints"),
        template="feedback/complaint_list.html",
        sub=_first_response_words(),
        window_title=WINDOW_TITLES[asked.tab.key],
        figures=figures,
        menus=[
            _menu(asked, _("Owner"), "owner", figures.people),
            _menu(asked, _("Team"), "team", figures.teams),
        ],
        may_add=request.user.can("complaint.add"),
        may_delete=request.user.can("complaint.delete"),
    )


def _menu(asked: Asked, label: str, key: str, choices: list[tuple[int, str]]) -> dict[str, Any]:
    """A filter by a control of its own: its label, what is chosen, and the choices; none where there is but one."""
    chosen = asked.values.get(key)
    offers = [Offer(_("all"), asked.query(**{key: None}), chosen is None)]
    offers += [Offer(name, asked.query(**{key: str(pk)}), pk == chosen) for pk, name in choices]
    if len(choices) < 2 and chosen is None:
        offers = []
    return {"label": label, "chosen": dict(choices).get(chosen, "—") if chosen else "", "offers": offers}


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
        save=lambda form: services.complaint_create(customer=customer, by=request.user, graded=True, **form.values()),
        said=lambda made: _("Complaint %(number)s taken in") % {"number": made.number},
        then=lambda made: reverse("complaint", args=[made.pk]),
        back=reverse("complaint_list"),
        customer=customer,
        first_response=hours.first_response(),
    )


def _open_complaints(customer: Customer) -> SafeString:
    """How many complaints of this customer are open already, for the chooser."""
    count = facts_of(customer).open_complaints
    words = ngettext("%(n)s open complaint", "%(n)s open complaints", count) % {"n": count}
    return ui.tag(words, "warn") if count else SafeString()


# --- the case --------------------------------------------------------------------------------------------------------
@needs("complaint.view", FORM)
def complaint(request: Request, pk: int) -> HttpResponse:
    """One complaint, and what may be done with it: respond, move on, hand over, add a note."""
    user = request.user
    action = "change" if request.method == "POST" else "view"

    def then(_made: object) -> str:
        """Back to the case, or to the list when a hand-over took it out of reach."""
        in_reach = Complaint.objects.for_user(user).filter(pk=pk).exists()
        return reverse("complaint", args=[pk]) if in_reach else reverse("complaint_list")

    return forms_page(
        request,
        "feedback/complaint.html",
        find=partial(row_for, selectors.rows(), user, pk, action),
        forms=partial(_acts, user),
        show=partial(_shown, user),
        then=then,
    )


def _acts(user: User, case: Complaint) -> dict[str, PageForm]:
    """What may be done with the case as it stands, each with its form."""

    def respond(form: forms.ResponseForm) -> Complaint:
        values = form.values()
        at = values.pop("first_response_at")
        return services.complaint_respond(complaint=case, by=user, version=case.version, at=at, **values)

    def assign(form: forms.AssignForm) -> Complaint:
        values = form.values()
        to = values.pop("owner")
        return services.complaint_assign(complaint=case, to=to, by=user, version=case.version, **values)

    def step(targets: Sequence[str]) -> PageForm:
        return PageForm(
            partial(forms.MoveForm, targets=targets),
            lambda form: services.complaint_advance(complaint=case, by=user, version=case.version, **form.values()),
            lambda moved: _("Complaint is now: %(state)s") % {"state": moved.get_state_display()},
            initial={"result": case.result},
        )

    offered = {
        "respond": PageForm(
            forms.ResponseForm,
            respond,
            _("First response noted"),
            initial={"channel": Channel.PHONE if case.channel == Channel.VISIT else case.channel},
        ),
        "move": step(forms.STEPS_FROM[case.state]),
        "assign": PageForm(
            partial(forms.AssignForm, owners=selectors.owner_choices(user, case.customer, case)),
            assign,
            lambda handed: _("Handed over to %(name)s") % {"name": handed.owner.name},
        ),
        "note": PageForm(
            forms.NoteForm,
            lambda form: services.complaint_note(complaint=case, by=user, **form.values()),
            _("Note added"),
            once=ComplaintStep,
        ),
    }
    if states.STEP_OF[case.state] < states.STEP_OF[states.RESOLVING]:
        offered["settle"] = step(forms.SETTLED)
    if reach_of(user).beyond_own("complaint.change"):
        offered["grade"] = PageForm(
            forms.SeverityForm,
            lambda form: services.complaint_edit(complaint=case, by=user, version=case.version, **form.values()),
            lambda changed: _("Severity is now: %(word)s") % {"word": changed.get_severity_display()},
            initial={"severity": case.severity},
        )
    return offered


def _shown(user: User, case: Complaint) -> dict[str, Any]:
    """What the page of a case shows beside its forms."""
    return {
        "case": case,
        "customer": case.customer,
        "may_change": Complaint.objects.for_user(user, "change").filter(pk=case.pk).exists(),
        "may_delete": Complaint.objects.for_user(user, "delete").filter(pk=case.pk).exists(),
        "openable": case.customer_id in selectors.visible_customers(user, [case]),
        "severity": look.severity(case),
        "clock_line": look.clock(case.clock),
        "steps": _steps_bar(case),
        "record": record.entries_of(case, selectors.steps_of(case)),
        "repair": selectors.repair_of(user, case),
        "others": selectors.others_of(user, case),
        "tier": tier_of(case.customer),
        "files": files_at(user, "complaint", case.pk) if user.can("attachment.view") else [],
        "files_shown": reads_in_full(user, case.customer),
        "add_url": _add_url(user, case),
    }


def _add_url(user: User, case: Complaint) -> str:
    """Where files are added to the case; empty for who may not."""
    if not Complaint.objects.for_user(user, "attachment.add").filter(pk=case.pk).exists():
        return ""
    return f"{reverse('attachment_new')}?{urlencode({'on': 'complaint', 'row': str(case.pk)})}"


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


# --- settings --------------------------------------------------------------------------------------------------------
@needs("setting.view", READ)
def complaint_hours(request: Request) -> HttpResponse:
    """How long complaints may take, by severity."""
    rows = [
        (row, hours.in_words(row.response, row.response_unit), hours.in_words(row.solution, row.solution_unit))
        for row in hours.all_hours()
    ]
    context = {
        "rows": rows,
        "open": selectors.complaints(request.user).filter(selectors.OPEN).count(),
        "may_change": request.user.can("setting.change"),
        **last_changes(request.user, "complaint_hours.change"),
    }
    return render(request, "feedback/hours.html", context)


@needs("setting.change", FORM)
def complaint_hours_edit(request: Request, severity: str) -> HttpResponse:
    """Those of one severity."""
    if severity not in Complaint.Severity.values:
        raise Http404
    return edit_page(
        request,
        forms.HoursForm,
        "feedback/hours_edit.html",
        find=partial(hours.hours_of, severity),
        save=lambda edit: services.complaint_hours_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. It counts for complaints that come in from now on."),
        then=reverse("complaint_hours"),
        word=Complaint.Severity(severity).label,
    )
