"""What the code allowed roles by their names becomes grants, with which a company may do as it likes.

Roles get exactly what they could do before: an administrator who may delete every customer may also remove one for
good, and everybody who works with customers stands on the team board but managers, service agents and administrators.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import migrations

# permission -> scope, by the code of a built-in role
BY_NAME = {
    "rep": {"customer.receive": "own", "device.remember": "own"},
    "service_agent": {"complaint.handle": "own"},
    "administrator": {"customer.purge": "all"},
}
NOT_ON_THE_BOARD = ("administrator", "service_agent", "manager")


def give(apps: Any, schema_editor: Any) -> None:
    """A new installation has no roles yet; its roles begin with these."""
    grant, given = apps.get_model("accounts", "RoleGrant"), apps.get_model("accounts", "GivenDefault")
    for role in apps.get_model("accounts", "Role").objects.all():
        had = dict(role.grants.values_list("permission", "scope"))
        for name, scope in could(role.code, had).items():
            grant.objects.get_or_create(role=role, permission=name, defaults={"scope": scope})
        if role.is_builtin:  # asked once: what a role couldn't do isn't given to it later either
            names = [*BY_NAME.get(role.code, ()), "dashboard.appear"]
            given.objects.bulk_create([given(role=role, permission=name) for name in names], ignore_conflicts=True)


def could(code: str, had: Mapping[str, str]) -> dict[str, str]:
    """What a role with these grants could do by its code."""
    found = dict(BY_NAME.get(code, {}))
    if had.get("customer.delete") != "all":
        found.pop("customer.purge", None)
    if "customer.change" in had and code not in NOT_ON_THE_BOARD:
        found["dashboard.appear"] = "own"
    return found


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0008_defaults_are_given_once")]
    operations: ClassVar[list[object]] = [migrations.RunPython(give, migrations.RunPython.noop)]
