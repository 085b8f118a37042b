"""`/data-quality/verification/`: which files are due, one of them field by field; `/settings/verification/`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from accounts.masking import masked_copy
from accounts.models import User
from customers import selectors, services
from customers.editing import save_file
from customers.models import NEVER, Customer, DataSteward, How
from customers.onefield.forms import OneFieldForm, editable
from customers.onefield.shown import line_of
from customers.profile import Line
from customers.required import CONTACT
from customers.verification import rule
from customers.verification.forms import StewardForm, VerificationRulesForm
from customers.verification.listing import DUE
from customers.verification.selectors import stewards
from ui import formatting
from ui.conflicts import Edit
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page


# --- the queue -------------------------------------------------------------------------------------------------------
@needs(DUE.permission, READ)
def verification_list(request: Request) -> HttpResponse:
    """Files whose fields nobody has confirmed for a quarter, or as long as the company says."""
    sub = _("Files whose fields nobody has confirmed for %(days)s days.")
    return list_page(
        Asked(DUE, request),
        title=_("Files to verify"),
        sub=sub % {"days": rule.verification_rules().every_days},
        template="customers/verification/list.html",
    )


@dataclass(frozen=True)
class Field:
    """One field of the file: what it says, its stamp, and whether this person may say that it is right."""

    name: str
    line: Line
    stamp: rule.Stamp | None
    asked: bool  # of those that the company wants verified
    may: bool
    change_url: str


def _fields(user: User, customer: Customer) -> list[Field]:
    """All that hold something, those first that are to be verified; masked ones can't be confirmed."""
    shown, seals = masked_copy(user, customer), rule.seals_of(customer.pk)
    stamps, wanted = rule.stamps_of(customer.pk, seals), rule.verification_rules().asked
    may = editable(user, customer)
    found = []
    for name in (name for name in rule.VERIFIABLE if name in seals):
        if name == CONTACT:
            people = selectors.contacts_of(user, customer)
            names = [f"{one.name} {one.phone}".strip() for one in people]
            line = Line(name, capfirst(str(rule.label_of(name))), formatting.listed(names), typed=True)
            url = f"{reverse('customer', args=[customer.pk])}#people"
        else:
            line = line_of(user, shown, name)
            url = reverse("verification_change", args=[customer.pk, name])
        found.append(Field(name, line, stamps.get(name), name in wanted, name == CONTACT or name in may, url))
    return sorted(found, key=lambda one: not one.asked)


def _how(request: Request, sent: str) -> str:
    return sent if sent in How.values else How.CALL


@needs("customer.change", FORM)
def verification(request: Request, pk: int) -> HttpResponse:
    """The fields of one file: each is right with one tap, or is put right."""
    customer = selectors.customer_for(request.user, pk, "change")
    fields = _fields(request.user, customer)
    here = reverse("verification", args=[pk])
    if request.method == "POST":
        return _confirm(request, customer, fields, here)
    context = {
        "customer": masked_copy(request.user, customer),
        "fields": fields,
        "left": [one.name for one in fields if one.asked and one.may and (one.stamp is None or one.stamp.is_due)],
        "how": _how(request, request.GET.get("how", "")),
        "ways": How.choices,
        "every_days": rule.verification_rules().every_days,
        "list_url": reverse("verification_list"),
    }
    return render(request, "customers/verification/page.html", context)


def _confirm(request: Request, customer: Customer, fields: list[Field], here: str) -> HttpResponse:
    """One field, or all that are asked for and weren't confirmed yet."""
    how, sent = _how(request, request.POST.get("how", "")), request.POST.get("right", "")
    if wrong := next((one for one in fields if one.may and one.name == request.POST.get("changed")), None):
        return redirect(f"{wrong.change_url}?{urlencode({'how': how})}" if wrong.name != CONTACT else wrong.change_url)
    allowed = {one.name for one in fields if one.may}
    if sent == "all":
        names = [one.name for one in fields if one.asked and one.may and (one.stamp is None or one.stamp.is_due)]
    else:
        names = [sent] if sent in allowed else []
    if not names:
        raise Http404

    def done(day: object) -> str:
        return reverse("verification_list") if day != NEVER else f"{here}?{urlencode({'how': how})}"

    def said(day: object) -> str:
        if day == NEVER:
            return _("Confirmed")
        until = rule.due_on(rule.verification_rules(), day)  # type: ignore[arg-type]
        return _("The file is verified, until %(day)s.") % {"day": formatting.day_short(until)}

    return act(
        request,
        partial(services.fields_verify, customer=customer, fields=names, how=how, by=request.user),
        said=said,
        then=done,
        or_to=here,
    )


@needs("customer.change", FORM)
def verification_change(request: Request, pk: int, name: str) -> HttpResponse:
    """Put one field right; what is saved is confirmed by it."""
    if name not in rule.VERIFIABLE or name == CONTACT:
        raise Http404
    find = partial(selectors.customer_for, request.user, pk, "change")
    customer = find()
    if name not in editable(request.user, customer):
        raise PermissionDenied
    how = _how(request, request.GET.get("how", ""))
    here = f"{reverse('verification', args=[pk])}?{urlencode({'how': how})}"

    saved = []

    def save(edit: Edit) -> None:
        save_file(request.user, edit)
        saved.append(name)
        if name in rule.seals_of(pk):  # cleared, there is nothing to confirm
            services.fields_verify(customer=edit.row, fields=[name], how=how, by=request.user, changed=True)

    return edit_page(
        request,
        partial(OneFieldForm, user=request.user, customer=customer, fact=name),
        "customers/onefield/page.html",
        row=customer,
        find=find,
        save=save,
        said=lambda row: _("Put right, and confirmed") if saved else _("Nothing was changed"),
        then=here,
        customer=customer,
        here=f"{reverse('verification_change', args=[pk, name])}?{urlencode({'how': how})}",
        part=False,
    )


# --- settings --------------------------------------------------------------------------------------------------------
@needs("setting.view", FORM)
def verification_settings(request: Request) -> HttpResponse:
    """How often, which fields, and who looks after the files of others."""
    may_change = request.user.can("setting.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    return edit_page(
        request,
        VerificationRulesForm,
        "customers/verification/settings.html",
        find=rule.rules_row,
        save=lambda edit: services.verification_rules_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. Days count at once, other fields when a file is verified the next time."),
        then=reverse("verification_settings"),
        back=reverse("settings"),
        may_change=may_change,
        stewards=stewards(),
        **last_changes(request.user, services.VERIFICATION_ACT, *services.STEWARD_ACTS),
    )


@needs("setting.change", FORM)
def steward_new(request: Request) -> HttpResponse:
    """Name one; a team that has one gets another."""
    return form_page(
        request,
        partial(StewardForm, by=request.user),
        "customers/verification/steward.html",
        once=DataSteward,
        save=lambda form: services.steward_name(by=request.user, **form.values()),
        said=_("Saved"),
        then=reverse("verification_settings"),
    )


@needs("setting.change", POST)
def steward_remove(request: Request, pk: int) -> HttpResponse:
    """Nobody looks after these files for others any more."""
    steward = get_object_or_404(DataSteward, pk=pk)
    return act(
        request,
        partial(services.steward_remove, steward=steward, by=request.user),
        said=_("Removed"),
        then=reverse("verification_settings"),
    )
