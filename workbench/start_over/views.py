"""`/settings/start-over/`: what would go, and the confirmation by the company's name."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, needs
from accounts.http import Request
from core import company
from ui.flow import form_page
from workbench.start_over import services
from workbench.start_over.forms import StartOverForm
from workbench.start_over.services import StartOverRefusedError


@needs("setting.delete", FORM)
def start_over(request: Request) -> HttpResponse:
    """For administrators and owners; the demo company is emptied by its own command."""
    return form_page(
        request,
        StartOverForm,
        "settings/start_over.html",
        save=lambda form: services.start_over(typed=form.cleaned_data["name"], by=request.user),
        said=_("Everything about customers is gone. The company begins anew."),
        then=reverse("settings"),
        refused=(StartOverRefusedError,),
        refusal=services.refusal(),
        goes=services.in_words(services.counts()),
        stays=services.KEPT_WORDS,
        name=company.company().name,
    )
