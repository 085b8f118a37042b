"""Consent texts in Settings: who sees settings reads all versions, who changes settings adds some."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from core import clock
from customers.consents.shown import covers
from customers.models import ConsentText, ConsentWording
from customers.wordings import services
from customers.wordings.forms import ConsentTextForm, WordingForm
from customers.wordings.listing import CONSENT_TEXTS
from ui.flow import act, form_page
from ui.listing import Asked, list_page


@needs("setting.view", READ)
def consent_text_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return list_page(
        Asked(CONSENT_TEXTS, request),
        title=_("Consent texts"),
        template="customers/wordings/list.html",
        may_change=request.user.can("setting.change"),
        **last_changes(request.user, *services.TEXT_ACTS, naming=True),
    )


@needs("setting.view", READ)
def consent_text(request: Request, pk: int) -> HttpResponse:
    """One text with all its versions, the newest first."""
    text = get_object_or_404(ConsentText, pk=pk)
    context = {
        "text": text,
        "covers": covers(text.channel, text.topic),
        "versions": text.wordings.select_related("created_by").order_by("-number"),
        "today": clock.business_date(),
        "may_change": request.user.can("setting.change"),
    }
    return render(request, "customers/wordings/text.html", context)


@needs("setting.change", FORM)
def consent_text_new(request: Request) -> HttpResponse:
    """A new one with its first version."""
    return form_page(
        request,
        ConsentTextForm,
        "customers/wordings/form.html",
        once=ConsentText,
        initial={"valid_from": clock.business_date(), "topic": "marketing"},
        save=lambda form: services.consent_text_add(by=request.user, **form.values()),
        said=lambda made: _("“%(name)s” is offered from now on.") % {"name": made.name},
        then=reverse("consent_text_list"),
        title=_("New text"),
    )


@needs("setting.change", FORM)
def consent_text_version(request: Request, pk: int) -> HttpResponse:
    """Another version, which begins with the words of the last one."""
    text = get_object_or_404(ConsentText, pk=pk)
    last = text.wordings.order_by("-number").first()
    words = {"words_zh": last.words_zh, "words_en": last.words_en} if last else {}
    return form_page(
        request,
        WordingForm,
        "customers/wordings/form.html",
        once=ConsentWording,
        initial={**words, "valid_from": clock.business_date()},
        save=lambda form: services.consent_text_version(text=text, by=request.user, **form.values()),
        said=lambda made: _("Version %(number)s is kept. Earlier ones stay readable.") % {"number": made.number},
        then=reverse("consent_text", args=[pk]),
        title=_("New version"),
        text=text,
    )


@needs("setting.change", POST)
def consent_text_retire(request: Request, pk: int) -> HttpResponse:
    """Offer it no longer."""
    text = get_object_or_404(ConsentText, pk=pk)
    return act(
        request,
        partial(services.consent_text_retire, text=text, by=request.user),
        said=_("“%(name)s” is offered no more.") % {"name": text.name},
        undo=reverse("consent_text_restore", args=[pk]),
        then=reverse("consent_text", args=[pk]),
    )


@needs("setting.change", POST)
def consent_text_restore(request: Request, pk: int) -> HttpResponse:
    """Offer it again."""
    text = get_object_or_404(ConsentText, pk=pk)
    return act(
        request,
        partial(services.consent_text_restore, text=text, by=request.user),
        said=_("“%(name)s” is offered from now on.") % {"name": text.name},
        then=reverse("consent_text", args=[pk]),
    )
