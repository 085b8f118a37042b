"""The built-in roles, the words of permissions, and how each role reads masked fields, as data.

Permissions are `<resource>.<action>`; a scope says on whose rows. Each app contributes its resources with the grants
that roles begin with (core/contributions.py, docs/contributions.md); `accounts.services.roles_ensure` writes them to
rows. Names are checked at start-up (accounts/checks.py).
"""

from collections.abc import Mapping

OWN, TEAM, ALL = "own", "team", "all"
SCOPES = (OWN, TEAM, ALL)

ACTIONS = ("view", "add", "change", "delete", "assign", "merge", "export", "reveal", "claim")
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
