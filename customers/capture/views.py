"""Forms for strangers in Settings, and the decision about who it was that sent one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from accounts.masking import masked_copy
from accounts.scope import ScopedQuerySet
from customers import services
from customers.capture.forms import WORDS, CaptureFormForm
from customers.capture.listing import CAPTURE_FORMS, REGISTRATIONS, FormRow
from customers.models import ASKABLE, Asked, CaptureForm, Customer, Registration
from customers.services.capture import CAPTURE_ACTS, DecidedError
from ui import listing
from ui.flow import act, edit_page, form_page
from ui.listing import list_page


# --- forms -----------------------------------------------------------------------------------------------------------
@needs(CAPTURE_FORMS.permission, READ)
def capture_form_list(request: Request) -> HttpResponse:
    """All of them, open ones first."""
    return list_page(
        listing.Asked(CAPTURE_FORMS, request),
        title=_("Forms for new customers"),
        template="customers/capture/list.html",
        may_change=request.user.can("setting.change"),
        **last_changes(request.user, *CAPTURE_ACTS, naming=True),
    )


@needs("setting.view", READ)
def capture_form(request: Request, pk: int) -> HttpResponse:
    """One form: its address, a code to print, and what it asks."""
    form = get_object_or_404(CaptureForm.objects.select_related("channel", "owner", "tag"), pk=pk)
    url = f"{settings.BASE_URL}{reverse('capture', args=[form.slug])}"
    asked = [(WORDS[name], Asked(form.asks(name))) for name in ASKABLE if form.asks(name) != Asked.NO]
    context = {
        "form": form,
        "row": FormRow(form, 0, 0),
        "url": url,
        "code": _code(url),
        "asked": asked,
        "may_change": request.user.can("setting.change"),
        "may_see_sent": request.user.can("registration.view"),
    }
    return render(request, "customers/capture/form.html", context)


def _code(url: str) -> SafeString:
    """Dark on its own white ground, to be printed and read in either appearance."""
    import segno  # noqa: PLC0415 - for one page of many

    drawn = segno.make(url, error="m", micro=False)
    return mark_safe(drawn.svg_inline(omitsize=True, border=2, light="#fff", svgclass=None, lineclass=None))  # noqa: S308


@needs("setting.change", FORM)
def capture_form_new(request: Request) -> HttpResponse:
    """A new one, open at once."""
    return form_page(
        request,
        partial(CaptureFormForm, user=request.user),
        "customers/capture/edit.html",
        once=CaptureForm,
        save=lambda form: services.capture_form_add(by=request.user, **form.values()),
        said=_("The form is open. Its address and a code to print stand here."),
        then=lambda made: reverse("capture_form", args=[made.pk]),
        back=reverse("capture_form_list"),
        title=_("New form"),
    )


@needs("setting.change", FORM)
def capture_form_edit(request: Request, pk: int) -> HttpResponse:
    """Its words, what it asks, and to whom new customers go."""
    return edit_page(
        request,
        partial(CaptureFormForm, user=request.user),
        "customers/capture/edit.html",
        find=partial(get_object_or_404, CaptureForm, pk=pk),
        save=lambda edit: services.capture_form_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. Who opens the form sees it at once."),
        then=reverse("capture_form", args=[pk]),
        title=_("Change form"),
    )


@needs("setting.change", POST)
def capture_form_close(request: Request, pk: int) -> HttpResponse:
    """Take no more."""
    return _set_open(request, pk, is_open=False, said=_("The form is closed: its page says so."))


@needs("setting.change", POST)
def capture_form_open(request: Request, pk: int) -> HttpResponse:
    """Take some again."""
    return _set_open(request, pk, is_open=True, said=_("The form is open again."))


def _set_open(request: Request, pk: int, *, is_open: bool, said: str) -> HttpResponse:
    form = get_object_or_404(CaptureForm, pk=pk)
    do = partial(services.capture_form_set_open, row=form, is_open=is_open, by=request.user)
    return act(request, do, said=said, then=reverse("capture_form", args=[pk]))


# --- registrations ---------------------------------------------------------------------------------------------------
@needs(REGISTRATIONS.permission, READ)
def registration_list(request: Request) -> HttpResponse:
    """What strangers sent, those to be decided first."""
    return list_page(listing.Asked(REGISTRATIONS, request), title=_("Registrations"))


@needs("registration.view", READ)
def registration(request: Request, pk: int) -> HttpResponse:
    """What one of them said, beside the customer it may be of."""
    row: Registration = row_for(_registrations(), request.user, pk, "view")
    sent = masked_copy(request.user, row)
    labels = {"name": _("Name"), **WORDS}
    context = {
        "sent": sent,
        "customer": masked_copy(request.user, row.customer),
        "answers": [(labels[name], sent.answers[name]) for name in labels if name in sent.answers],
        "waits": row.state == Registration.State.WAITING,
        "may_decide": _may_decide(request, pk),
        "may_add": request.user.can("customer.add"),
    }
    return render(request, "customers/capture/registration.html", context)


def _registrations() -> ScopedQuerySet:
    return Registration.objects.select_related("form", "customer__owner", "customer__facts", "decided_by")


def _may_decide(request: Request, pk: int) -> bool:
    return Registration.objects.for_user(request.user, "change").filter(pk=pk).exists()


@needs("registration.change", POST)
def registration_join(request: Request, pk: int) -> HttpResponse:
    """It was this customer."""
    row: Registration = row_for(_registrations(), request.user, pk, "change")
    return _decide(
        request,
        partial(services.registration_join, registration=row, by=request.user),
        said=_("Put to %(name)s. What they wrote stands in the history.") % {"name": row.customer.name},
        then=reverse("customer", args=[row.customer_id]),
    )


@needs("registration.change", POST)
def registration_new_file(request: Request, pk: int) -> HttpResponse:
    """It was somebody else; who may enter customers may make a file of it."""
    row: Registration = row_for(_registrations(), request.user, pk, "change")
    if not request.user.can("customer.add"):
        raise PermissionDenied
    return _decide(
        request,
        partial(services.registration_new_file, registration=row, by=request.user),
        said=_("A new file was made."),
        then=_page_of,
    )


def _page_of(made: Customer) -> str:
    return reverse("customer", args=[made.pk])


@needs("registration.change", POST)
def registration_drop(request: Request, pk: int) -> HttpResponse:
    """It was nobody."""
    row: Registration = row_for(_registrations(), request.user, pk, "change")
    return _decide(
        request,
        partial(services.registration_drop, registration=row, by=request.user),
        said=_("Dropped. It stays in the list of all."),
        then=reverse("registration_list"),
    )


def _decide(request: Request, do: Callable[[], Any], *, said: str, then: Any) -> HttpResponse:
    refused: dict[type[Exception], str] = {DecidedError: ""}
    return act(request, do, said=said, then=then, refused=refused, or_to=reverse("registration_list"))
