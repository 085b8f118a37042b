"""`/settings/`: one card per page that this person may open; and what the company says of itself."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.decorators import FORM, needs
from accounts.http import Request
from core import company
from core.contributions import registry
from ui.flow import edit_page
from workbench.settings.forms import CompanyForm
from workbench.settings.history import last_changes
from workbench.settings.services import company_change


@require_safe
@needs("setting.view")
def settings_index(request: Request) -> HttpResponse:
    """The cards."""
    cards = [card for card in registry().settings_cards if request.user.can(card.permission)]
    return render(request, "settings/index.html", {"cards": cards})


@needs("setting.view", FORM)
def company_settings(request: Request) -> HttpResponse:
    """Its name and to whom it sells: who sees settings may look, who may change them does."""
    may_change = request.user.can("setting.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    return edit_page(
        request,
        CompanyForm,
        "settings/company.html",
        find=company.company_now,
        save=lambda edit: company_change(row=edit.row, changes=edit.changes, by=request.user),
        said=_("Saved."),
        then=reverse("company_settings"),
        back=reverse("settings"),
        may_change=may_change,
        may_view_audit=request.user.can("audit.view"),
        changes=last_changes(request.user),
    )
