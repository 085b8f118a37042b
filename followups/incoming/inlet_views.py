"""Ways in, in Settings: made, shown once, changed, given another address, ended."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from followups import services
from followups.incoming.forms import InletEditForm, InletForm
from followups.incoming.secrets import shown
from followups.models import Inlet, MailboxMark
from ui.flow import act, edit_page, form_page

NEW_SECRET = "inlet-secret"  # noqa: S105 - the session key that holds it until it was shown
ACTS = ("inlet.add", "inlet.change", "inlet.renew", "inlet.end")


@needs("setting.view", READ)
def inlet_list(request: Request) -> HttpResponse:
    """All ways in, and whether something comes by them."""
    inlets = Inlet.objects.exclude(kind=Inlet.Kind.MAILBOX).select_related("source")
    context = {
        "inlets": inlets.order_by("ended_at", "name", "pk"),
        "mailbox": Inlet.objects.filter(kind=Inlet.Kind.MAILBOX).first(),
        "mark": MailboxMark.objects.filter(pk=1).first(),
        "mailbox_host": urlsplit(settings.IMAP_URL).hostname if settings.IMAP_URL else "",
        "may_change": request.user.can("setting.change"),
    }
    return render(request, "followups/incoming/inlets.html", context | last_changes(request.user, *ACTS, naming=True))


@needs("setting.change", FORM)
def inlet_new(request: Request) -> HttpResponse:
    """A way in; its page shows the address and the keys once."""

    def save(form: InletForm) -> Inlet:
        made, secret = services.inlet_add(by=request.user, **form.values())
        request.session[NEW_SECRET] = [made.pk, secret]
        return made

    return form_page(
        request,
        InletForm,
        "followups/incoming/inlet_new.html",
        once=Inlet,
        initial={"kind": Inlet.Kind.WEBHOOK, "network": "other"},
        save=save,
        then=lambda made: reverse("inlet_edit", args=[made.pk]),
        back=reverse("inlet_list"),
    )


@needs("setting.change", FORM)
def inlet_edit(request: Request, pk: int) -> HttpResponse:
    """One way in; what was just made for it is shown this once."""
    find = partial(get_object_or_404, Inlet, pk=pk)
    inlet = find()
    secret = ""
    if request.method == "GET":
        of, held = request.session.get(NEW_SECRET, (0, ""))
        if of == pk:
            secret = held
            del request.session[NEW_SECRET]
    return edit_page(
        request,
        partial(InletEditForm, inlet=inlet),
        "followups/incoming/inlet.html",
        row=inlet,
        find=find,
        save=lambda edit: services.inlet_change(
            inlet=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved."),
        then=reverse("inlet_list"),
        inlet=inlet,
        made=shown(inlet.kind, secret) if secret else None,
        is_mailbox=inlet.kind == Inlet.Kind.MAILBOX,
    )


@needs("setting.change", POST)
def inlet_renew(request: Request, pk: int) -> HttpResponse:
    """Another address, shown once."""
    inlet = get_object_or_404(Inlet.objects.exclude(kind=Inlet.Kind.MAILBOX), pk=pk)
    request.session[NEW_SECRET] = [pk, services.inlet_renew(inlet=inlet, by=request.user)]
    return redirect("inlet_edit", pk=pk)


@needs("setting.change", POST)
def inlet_end(request: Request, pk: int) -> HttpResponse:
    """It takes nothing any more."""
    inlet = get_object_or_404(Inlet.objects.exclude(kind=Inlet.Kind.MAILBOX), pk=pk)
    return act(
        request,
        partial(services.inlet_end, inlet=inlet, by=request.user),
        said=_("Ended: nothing comes by this way any more."),
        then=reverse("inlet_list"),
    )
