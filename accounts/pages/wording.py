"""The words of rights: resources, actions, scopes, reading modes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import policy

Words = Mapping[str, Promise]

RESOURCES: Words = {
    "customer": _("customers"),
    "contact": _("contacts"),
    "interaction": _("interaction log"),
    "order": _("orders"),
    "follow_up": _("follow-ups"),
    "reminder": _("reminders"),
    "complaint": _("complaints"),
    "score": _("scores"),
    "warning": _("churn warnings"),
    "dashboard": _("dashboards"),
    "target": _("targets"),
    "tier_rule": _("tier rules"),
    "plan_rule": _("follow-up plans"),
    "import": _("imports"),
    "notification": _("notices"),
    "product": _("products"),
    "tag": _("tags"),
    "channel": _("channels"),
    "user": _("users"),
    "team": _("teams"),
    "role": _("roles"),
    "setting": _("settings"),
    "health": _("system health"),
    "audit": _("audit log"),
}
ACTIONS: Words = {
    "view": _("view"),
    "add": _("add"),
    "change": _("change"),
    "delete": _("delete"),
    "assign": _("assign"),
    "merge": _("merge"),
    "claim": _("claim"),
    "export": _("export"),
    "reveal": _("reveal"),
}
SCOPES: Words = {"": _("none"), policy.OWN: _("own"), policy.TEAM: _("team"), policy.ALL: _("all")}
MODES: Words = {policy.FULL: _("in full"), policy.MASK: _("masked"), policy.HIDDEN: _("hidden")}
FIELD_CLASSES: Words = {"phone": _("Phone, WeChat"), "email": _("E-mail"), "address": _("Address")}
SAMPLES = {"phone": "138****5678", "email": "l****@example.com", "address": "苏州****"}
RELATIONS: Words = {"own": _("own or shared"), "team": _("own team"), "rest": _("all others")}
