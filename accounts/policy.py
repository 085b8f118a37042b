"""The built-in roles, the words of permissions, and how each role reads masked fields, as data.

Permissions are `<resource>.<action>`; a scope says on whose rows. Each app contributes its resources with the grants
that roles begin with (core/contributions.py, docs/contributions.md); `accounts.services.roles_ensure` writes them to
rows. Names are checked at start-up (accounts/checks.py).
"""

from collections.abc import Mapping

from core.contributions import registry

OWN, TEAM, ALL = "own", "team", "all"
SCOPES = (OWN, TEAM, ALL)

# Rights that few resources know. Nothing asks for a role by its code, so what one role alone may do has a name here.
SPECIAL_ACTIONS = ("purge", "merge", "disclose", "handle", "receive", "appear", "remember", "reward", "govern")
ACTIONS = ("view", "add", "change", "delete", "assign", "export", "reveal", "claim", *SPECIAL_ACTIONS)
# Stands above administrators: roles that have it are given, and people with them changed, only by others with it.
GOVERN = "role.govern"
# These say how the person is treated and give no power over anybody: who lacks them may give a role that has them.
OF_ONESELF = ("receive", "appear", "remember")

ROLE_NAMES = {
    "rep": ("Sales rep", "销售代表"),
    "team_lead": ("Team lead", "组长"),
    "manager": ("Manager", "经理"),
    "service_agent": ("Service agent", "客服"),
    "auditor": ("Auditor", "审计员"),
    "administrator": ("Administrator", "管理员"),
    "owner": ("Owner", "企业主"),
}
# What createsuperuser gives, with and without --owner.
OWNERS_ROLE, ADMINISTRATORS_ROLE = "owner", "administrator"
# One role per account: who is several people at once holds what these begin with, and what is contributed by its name.
UNITED = {"owner": ("administrator", "manager")}


def first_grants(role: str) -> dict[str, str]:
    """{permission: scope} with which a built-in role begins: each right at the widest scope of what it unites."""
    found = registry().grants_of(role)
    for part in UNITED.get(role, ()):
        for name, scope in registry().grants_of(part).items():
            found[name] = max(found.get(name, scope), scope, key=SCOPES.index)
    return found


# --- masking: role x field class x relation -> full, mask or hidden ---------------------------------------------------
WAYS_CLASSES = ("phone", "email", "address")  # how somebody is reached: what a photo of a business card would show
PROFILE = "profile"  # what a person earns and is like, and how they decide
CONFIDENTIAL = "confidential"  # fields of the company's own that few are to read
FIELD_CLASSES = (*WAYS_CLASSES, PROFILE, CONFIDENTIAL)
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
    "owner": {"own": FULL, "team": FULL, "rest": FULL},
}


def first_mode(role: str, field_class: str, relation: str) -> str:
    """How a built-in role begins to read fields of a class. Profiles are read by whoever sees the file, until a company
    says otherwise: they are written down to be used in talks."""
    return FULL if field_class == PROFILE else MASK_DEFAULTS[role][relation]
