"""`/settings/`: one card per page that this person may open."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import needs
from accounts.http import Request
from core.contributions import registry


@require_safe
@needs("setting.view")
def settings_index(request: Request) -> HttpResponse:
    """The cards."""
    cards = [card for card in registry().settings_cards if request.user.can(card.permission)]
    return render(request, "settings/index.html", {"cards": cards})
