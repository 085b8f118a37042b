"""What this app gives to the pages and jobs of the whole: people, teams, roles and what they did."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.audit_reading import refused_method, refused_page, refused_status, right_changed, role_names
from accounts.first_step import FIRST_STEP
from accounts.policy import ALL, OWN, TEAM
from accounts.services.invitations import INVITATION_KIND, invitation_mail_text, invitation_mail_wanted
from accounts.services.signin import RESET_KIND, reset_mail_text, reset_mail_wanted
from core.contributions import (
    Act,
    Collection,
    Contribution,
    Detail,
    Event,
    Keep,
    Mail,
    MenuEntry,
    Named,
    Resource,
    SettingsCard,
)

RESOURCES = (
    Resource(
        "user",
        _("users"),
        order=190,
        opens={
            "view": _("The names of colleagues where one is chosen or filtered by, and people by the API."),
            "add": _("Add colleagues, one or many at once."),
            "change": _("Edit a user, switch them off or on, invite them and renew passwords."),
        },
        grants={
            "rep": {TEAM: "view"},
            "team_lead": {TEAM: "view"},
            "manager": {TEAM: "view"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change"},
        },
    ),
    Resource(
        "team",
        _("teams"),
        order=200,
        opens={
            "view": _("The names of teams where one is chosen or filtered by, and teams by the API."),
            "add": _("Make a new team."),
            "change": _("Rename a team."),
        },
        grants={
            "rep": {TEAM: "view"},
            "team_lead": {TEAM: "view"},
            "manager": {TEAM: "view"},
            "service_agent": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view add change"},
        },
    ),
    Resource(
        "saved_view",
        _("saved views"),
        order=203,
        opens={
            "view": _("Open one's own views of lists and the shared ones."),
            "add": _("Save views of lists."),
            "change": _("Rename, share and remove views: one's own, or shared ones of one's people."),
        },
        grants={
            "rep": {ALL: "view", OWN: "add change"},
            "team_lead": {ALL: "view", TEAM: "add change"},
            "manager": {ALL: "view", TEAM: "add change"},
            "service_agent": {ALL: "view", OWN: "add change"},
            "auditor": {ALL: "view", OWN: "add change"},
            "administrator": {ALL: "view add change"},
        },
    ),
    Resource(
        "device",
        _("devices"),
        order=205,
        opens={
            "remember": _("Stay signed in for days on a remembered device."),
        },
        grants={"rep": {OWN: "remember"}},
    ),
    Resource(
        "role",
        _("roles"),
        order=210,
        opens={
            "view": _("This page, and who reads phone, e-mail and address in full."),
            "change": _("Change what a role may do and how it reads masked fields."),
            "govern": _("Stand above administrators: only who has this gives it."),
        },
        grants={
            "manager": {ALL: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change"},
            "owner": {ALL: "govern"},
        },
    ),
    Resource(
        "setting",
        _("settings"),
        order=220,
        opens={
            "view": _("Settings to look at: company, users, teams, calendar, tags, channels, complaint hours."),
            "change": _("Change the company, the calendar and the complaint hours, and go through the first steps."),
            "delete": _("Empty the company to start over."),
        },
        grants={
            "manager": {TEAM: "view"},
            "auditor": {ALL: "view"},
            "administrator": {ALL: "view change delete"},
        },
    ),
    Resource(
        "audit",
        _("audit log"),
        order=240,
        opens={
            "view": _("The audit log: who did what, when and from where."),
            "export": _("Take the audit log out as CSV or XLSX, with a reason."),
        },
        grants={
            "auditor": {ALL: "view export"},
            "administrator": {ALL: "view"},
        },
    ),
)

CONTRIBUTION = Contribution(
    app="accounts",
    urls=("accounts.urls", "accounts.pages.urls", "accounts.saved_views.urls"),
    resources=RESOURCES,
    menu=(
        MenuEntry(_("Users and teams"), "user_list", "user-round", "setting.view", group="system", order=20),
        MenuEntry(_("Roles"), "role_list", "shield-check", "role.view", group="system", order=25),
    ),
    first_steps=(FIRST_STEP,),
    settings_cards=(
        SettingsCard(
            "user_list", _("Users"), _("Who signs in, in which team and role"), "users", "setting.view", order=10
        ),
        SettingsCard(
            "team_list",
            _("Teams"),
            _("The tree that the scope “team” follows"),
            "layout-grid",
            "setting.view",
            order=20,
        ),
        SettingsCard(
            "way_settings",
            _("Ways to colleagues"),
            _("WeCom, DingTalk, text messages, groups and devices"),
            "send",
            "setting.view",
            order=25,
        ),
        SettingsCard(
            "role_list",
            _("Roles and permissions"),
            _("What each role may do, on whose rows"),
            "shield-check",
            "role.view",
            order=30,
        ),
        SettingsCard(
            "masking",
            _("Field masking"),
            _("Who reads phone, e-mail and address in full"),
            "eye",
            "role.view",
            order=40,
        ),
    ),
    keeps=(Keep("accounts.ExportedRows", "at", days=180),),
    acts=(
        Act("sign_in", _("signed in")),
        Act("saved_view.create", _("saved a view")),
        Act("saved_view.change", _("changed a view")),
        Act("saved_view.retire", _("removed a view")),
        Act("saved_view.restore", _("took a view back")),
        Act("sign_in_failed", _("sign-in failed"), tone="danger"),
        Act("sign_out", _("signed out")),
        Act("denied", _("refused"), tone="danger"),
        Act("password.change", _("changed the password")),
        Act("password.reset", _("reset the password"), tone="warn"),
        Act("password.reset_request", _("asked for a reset link")),
        Act("profile.change", _("changed the profile")),
        Act("user.create", _("new user"), tone="warn"),
        Act("user.change", _("changed a user"), tone="warn"),
        Act("user.activate", _("switched a user on")),
        Act("user.deactivate", _("switched a user off"), tone="warn"),
        Act("user.hand_over", _("handed over what a person held who left"), tone="warn"),
        Act("user.sign_out", _("signed out everywhere")),
        Act("user.invite", _("invited a new user")),
        Act("user.uninvite", _("took an invitation back")),
        Act("user.accept", _("accepted an invitation")),
        Act("user.password_renew", _("temporary password"), tone="warn"),
        Act("team.create", _("new team")),
        Act("team.rename", _("renamed a team")),
        Act("team.visit_notes", _("said whether visits need a note")),
        Act("team.lead", _("said who leads a team")),
        Act("team.group", _("said which group chat a team has")),
        Act("push_device.add", _("lets a device show notices")),
        Act("push_device.remove", _("lets a device show no more notices")),
        Act("way.test", _("sent a test message")),
        Act("role.change", _("changed rights"), tone="warn"),
        Act("mask.change", _("changed masking"), tone="warn"),
        Act("token.create", _("new API token"), tone="warn"),
        Act("token.revoke", _("ended an API token")),
    ),
    details=(
        Detail("user", _("user"), row="accounts.user"),
        Detail("needed", _("needed")),
        Detail("group", _("group chat")),
        Detail("from", pgettext_lazy("owner before", "from"), row="accounts.user"),
        Detail("to", pgettext_lazy("owner after", "to"), row="accounts.user"),
        Detail("from_user", pgettext_lazy("owner before", "from"), row="accounts.user"),
        Detail("to_user", pgettext_lazy("owner after", "to"), row="accounts.user"),
        Detail("team", _("team"), row="accounts.team", before_after=True),
        Detail("parent", _("below"), row="accounts.team"),
        Detail("role", _("role"), codes=role_names, before_after=True),
        Detail("grants", _("rights"), pairs=right_changed),
        Detail("modes", _("masking"), pairs=right_changed),
        Detail("heirs", pgettext_lazy("owner after", "to"), row="accounts.user"),
        Detail("customers", _("customers")),
        Detail("follow_ups", _("open follow-ups")),
        Detail("complaints", _("open complaints")),
        Detail("mail", _("sent by mail")),
        Detail("remembered", _("remembered device")),
        Detail("phone", _("on a phone")),
        Detail("tokens", _("API tokens ended")),
        Detail("more", _("more within a minute")),
        Detail("status", _("status"), read=refused_status),
        Detail("method", _("method"), read=refused_method),
        Detail("page", pgettext_lazy("of the audit log", "page"), read=refused_page),
        Detail("of", internal=True),
    ),
    named=(
        Named("accounts.user", _("user"), lambda row: row.name, page="user_edit", right="user.change"),
        Named("accounts.auditentry", _("line of the audit log")),
        Named("accounts.savedview", _("saved view"), lambda row: row.name, page="saved_view_edit"),
        Named("accounts.team", _("team"), lambda row: row.name, page="team_edit", right="team.change"),
        Named(
            "accounts.role",
            _("role"),
            lambda row: row.name,
            page="role_list",
            query=lambda row: f"role={row.code}",
            right="role.view",
        ),
    ),
    mails=(
        Mail(RESET_KIND, wanted=reset_mail_wanted, text=reset_mail_text),
        Mail(INVITATION_KIND, wanted=invitation_mail_wanted, text=invitation_mail_text),
    ),
    events=(
        Event("user_moved", ("user",)),  # into another team
        Event("user_left_things", ("user", "by")),  # switched off with customers or work that waits
        Event("tokens_ended", ("user",)),  # with all sessions: what else lets somebody in without a password ends too
        Event("user_zone_changed", ("user",)),  # the time zone of the profile
    ),
    collections=(
        Collection("users", "accounts.api.UserViewSet", "user"),
        Collection("teams", "accounts.api.TeamViewSet", "team"),
        Collection("roles", "accounts.api.RoleViewSet", "role"),
    ),
)
