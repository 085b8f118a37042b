"""What each built-in role may do, as data; `accounts.services.roles_ensure` writes it to rows.

Permissions are `<resource>.<action>`; a scope says on whose rows. Names are checked at start-up (accounts/checks.py).
"""

from collections.abc import Iterable, Mapping

OWN, TEAM, ALL = "own", "team", "all"
SCOPES = (OWN, TEAM, ALL)

ACTIONS = ("view", "add", "change", "delete", "assign", "merge", "export", "reveal", "claim")
RESOURCES = (
    "customer",
    "contact",
    "interaction",
    "order",
    "follow_up",
    "reminder",
    "complaint",
    "score",
    "warning",
    "dashboard",
    "target",
    "tier_rule",
    "plan_rule",
    "import",
    "notification",
    "product",
    "tag",
    "channel",
    "user",
    "team",
    "role",
    "setting",
    "health",
    "audit",
)

_RECORDS = ("customer", "contact", "interaction", "order", "follow_up", "reminder")
_CHANGE = ("add", "change", "delete")
_EVERYBODY = {"notification.view": OWN, "notification.change": OWN} | {
    f"{resource}.view": ALL for resource in ("product", "tag", "channel", "tier_rule", "plan_rule")
}


def _grants(resources: Iterable[str], actions: Iterable[str], scope: str) -> dict[str, str]:
    return {f"{resource}.{action}": scope for resource in resources for action in actions}


def _worker(scope: str) -> dict[str, str]:
    """Everything a rep (own) or a leader (team) does with customers."""
    return (
        _EVERYBODY
        | _grants(_RECORDS, ("view", *_CHANGE), scope)
        | _grants(("complaint",), ("view", "add", "change"), scope)
        | _grants(("score", "warning", "dashboard", "target"), ("view",), scope)
        | {"warning.change": scope, "customer.claim": ALL, "user.view": TEAM, "team.view": TEAM}
        | {"import.view": OWN, "import.add": OWN}
    )


_LEADER = _worker(TEAM) | {
    "customer.assign": TEAM,
    "customer.merge": TEAM,
    "complaint.delete": TEAM,
    "import.add": TEAM,
    "customer.export": TEAM,
    "order.export": TEAM,
}
_CATALOGUE = _grants(("product", "tag", "channel"), _CHANGE, ALL)

ROLES: Mapping[str, Mapping[str, str]] = {
    "rep": _worker(OWN),
    "team_lead": _LEADER,
    "manager": _LEADER
    | _CATALOGUE
    | _grants(("tier_rule", "plan_rule"), _CHANGE, ALL)
    | _grants(("target",), _CHANGE, TEAM)
    | {"health.view": ALL, "setting.view": TEAM, "role.view": ALL},
    "service_agent": _EVERYBODY
    | _grants((*_RECORDS, "score", "warning", "user", "team"), ("view",), ALL)
    | _grants(_RECORDS, ("change", "delete"), OWN)
    | {"interaction.add": ALL, "order.add": ALL, "customer.add": OWN, "contact.add": OWN}
    | {"follow_up.add": OWN, "reminder.add": OWN, "target.view": OWN, "dashboard.view": OWN}
    | {"warning.change": OWN, "customer.claim": ALL}
    | _grants(("complaint",), ("view", "add", "change"), ALL),
    "auditor": _EVERYBODY
    | _grants(
        (
            *_RECORDS,
            "complaint",
            "score",
            "warning",
            "dashboard",
            "target",
            "user",
            "team",
            "role",
            "setting",
            "health",
            "audit",
        ),
        ("view",),
        ALL,
    )
    | {"audit.export": ALL},
    "administrator": _EVERYBODY
    | _CATALOGUE
    | _grants(
        (*_RECORDS, "complaint", "target", "tier_rule", "plan_rule", "user", "team", "role", "setting", "health"),
        ("view", *_CHANGE),
        ALL,
    )
    | _grants(("score", "warning", "dashboard", "audit", "import"), ("view",), ALL)
    | {"warning.change": ALL, "import.add": ALL, "customer.claim": ALL}
    | {"customer.assign": ALL, "customer.merge": ALL, "customer.export": ALL, "order.export": ALL}
    | {"customer.reveal": ALL, "contact.reveal": ALL},
}

# Roles that read a customer in full while they handle a complaint of it (accounts.scope.Reach.handled).
HANDLING_ROLES = frozenset({"service_agent"})

ROLE_NAMES = {
    "rep": ("Sales rep", "销售代表"),
    "team_lead": ("Team lead", "组长"),
    "manager": ("Manager", "经理"),
    "service_agent": ("Service agent", "客服"),
    "auditor": ("Auditor", "审计员"),
    "administrator": ("Administrator", "管理员"),
}

# --- masking: role x field class x relation -> full, mask or hidden ---------------------------------------------------
FIELD_CLASSES = ("phone", "email", "address")
RELATIONS = ("own", "team", "rest")
FULL, MASK, HIDDEN = "full", "mask", "hidden"
MODES = (FULL, MASK, HIDDEN)

MASK_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "rep": {"own": FULL, "team": FULL, "rest": MASK},
    "team_lead": {"own": FULL, "team": FULL, "rest": MASK},
    "manager": {"own": FULL, "team": FULL, "rest": MASK},
    "service_agent": {"own": FULL, "team": MASK, "rest": MASK},
    "auditor": {"own": MASK, "team": MASK, "rest": MASK},
    "administrator": {"own": MASK, "team": MASK, "rest": MASK},
}


PERMISSIONS = frozenset(permission for grants in ROLES.values() for permission in grants)


def is_permission(name: str) -> bool:
    """Whether a permission of this name exists: some built-in role holds it."""
    return name in PERMISSIONS
