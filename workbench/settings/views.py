"""`/settings/`: one card per page that this person may open."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.decorators import needs
from accounts.http import Request


@dataclass(frozen=True)
class Area:
    """A card: where it leads, what for, and who sees it."""

    url_name: str
    title: Promise
    text: Promise
    icon: str
    permission: str


AREAS = (
    Area("user_list", _("Users"), _("Who signs in, in which team and role"), "users", "setting.view"),
    Area("team_list", _("Teams"), _("The tree that the scope “team” follows"), "layout-grid", "setting.view"),
    Area(
        "role_list", _("Roles and permissions"), _("What each role may do, on whose rows"), "shield-check", "role.view"
    ),
    Area("masking", _("Field masking"), _("Who reads phone, e-mail and address in full"), "eye", "role.view"),
    Area(
        "audit_list", _("Audit log"), _("Sign-ins, changes of rights, assignments, refusals"), "file-text", "audit.view"
    ),
    Area("health", _("System health"), _("Workers, nights, mail"), "activity", "health.view"),
)


@require_safe
@needs("setting.view")
def settings_index(request: Request) -> HttpResponse:
    """The cards."""
    areas = [area for area in AREAS if request.user.can(area.permission)]
    return render(request, "settings/index.html", {"areas": areas})
