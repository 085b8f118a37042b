"""What this app gives to the pages and jobs of the whole: people, teams, roles and what they did."""

from django.utils.translation import gettext_lazy as _

from accounts.policy import ALL, TEAM
from accounts.services.signin import RESET_KIND, reset_mail_text, reset_mail_wanted
from core.contributions import Collection, Contribution, Event, Mail, Resource

RESOURCES = (
    Resource(
        "user",
        _("users"),
        order=190,
        grants={
            "rep": {TEAM: "view"},
            "team_lead": {TEAM: "view"},
            "manager": {TEAM: "view"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "team",
        _("teams"),
        order=200,
        grants={
            "rep": {TEAM: "view"},
            "team_lead": {TEAM: "view"},
            "manager": {TEAM: "view"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "role",
        _("roles"),
        order=210,
        grants={
            "manager": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "setting",
        _("settings"),
        order=220,
        grants={
            "manager": {TEAM: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change delete"},
        },
    ),
    Resource(
        "audit",
        _("audit log"),
        order=240,
        grants={
            "auditor": {ALL: "view export"},
            "administrator": {ALL: "view"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="accounts",
    resources=RESOURCES,
    mails=(Mail(RESET_KIND, wanted=reset_mail_wanted, text=reset_mail_text),),
    events=(
        Event("user_moved", ("user",)),  # into another team
        Event("user_zone_changed", ("user",)),  # the time zone of the profile
    ),
    collections=(
        Collection("users", "accounts.api.UserViewSet", "user"),
        Collection("teams", "accounts.api.TeamViewSet", "team"),
        Collection("roles", "accounts.api.RoleViewSet", "role"),
    ),
)
