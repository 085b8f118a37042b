"""The words of rights: actions, scopes, reading modes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import policy

Words = Mapping[str, Promise]

ACTIONS: Words = {
    "view": _("view"),
    "add": _("add"),
    "change": _("change"),
    "delete": _("delete"),
    "assign": _("assign"),
    "merge": _("merge"),  # of older lines in the audit log
    "claim": _("claim"),
    "export": _("export"),
    "reveal": _("reveal"),
    "purge": _("remove for good"),
    "disclose": _("take out all that is stored about one person"),
    "handle": _("read the customer in full while working on an own case"),
    "receive": _("get new ones when a file is shared out in a team"),
    "appear": _("stand on the team board"),
    "reward": _("see and set incentives"),
    "remember": _("stay signed in for days on a remembered one"),
    "govern": _("stand above administrators: only who has this gives it"),
}
SCOPES: Words = {"": _("none"), policy.OWN: _("own"), policy.TEAM: _("team"), policy.ALL: _("all")}
MODES: Words = {policy.FULL: _("in full"), policy.MASK: _("masked"), policy.HIDDEN: _("hidden")}
FIELD_CLASSES: Words = {
    "phone": _("Phone, WeChat"),
    "email": _("E-mail"),
    "address": _("Address"),
    policy.PROFILE: _("Profile: income, character, how they decide"),
    policy.CONFIDENTIAL: _("Confidential own fields"),
}
SAMPLES = {
    "phone": "138****5678",
    "email": "l****@example.com",
    "address": "苏州****",
    policy.PROFILE: "月底****",
    policy.CONFIDENTIAL: "合同****",
}
RELATIONS: Words = {"own": _("own or shared"), "team": _("own team"), "rest": _("all others")}
