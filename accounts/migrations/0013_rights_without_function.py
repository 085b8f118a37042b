"""Takes the rights out of all roles that no page, call or command ever asked for.

That they were given is forgotten as well: a right that comes again with its function is given like a new one.
"""

from typing import Any

from django.db import migrations

GONE = {
    "add": "health plan_rule role setting tier_rule",
    "change": "interaction tier_rule",
    "delete": "health plan_rule product role team tier_rule user",
    "merge": "customer",
    "reveal": "contact",
}


def take_out(apps: Any, schema_editor: Any) -> None:
    names = [f"{resource}.{action}" for action, resources in GONE.items() for resource in resources.split()]
    for model in ("RoleGrant", "GivenDefault"):
        apps.get_model("accounts", model).objects.filter(permission__in=names).delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_invitations")]
    operations = [migrations.RunPython(take_out, migrations.RunPython.noop)]
