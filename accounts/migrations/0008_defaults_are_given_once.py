"""Which default grants the roles of an existing installation were given: those of its version.

Roles get each default once (accounts.services.roles_ensure): what a person took away isn't given again.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

# role -> actions -> resources
GIVEN = {
    "rep": {
        "view change": "notification warning",
        "view": "product tag channel tier_rule plan_rule score dashboard target user team",
        "view add change delete claim": "customer",
        "view add change delete": "contact interaction order follow_up reminder",
        "view add change": "complaint",
        "view add": "import",
    },
    "team_lead": {
        "view change": "notification warning",
        "view": "product tag channel tier_rule plan_rule score dashboard target user team",
        "view add change delete assign merge export claim": "customer",
        "view add change delete": "contact interaction follow_up reminder complaint",
        "view add change delete export": "order",
        "view add": "import",
    },
    "manager": {
        "view change": "notification warning",
        "view add change delete": "product tag channel tier_rule plan_rule contact interaction follow_up reminder complaint target",
        "view add change delete assign merge export claim": "customer",
        "view add change delete export": "order",
        "view": "score dashboard user team health setting role",
        "view add": "import",
    },
    "service_agent": {
        "view change": "notification warning",
        "view": "product tag channel tier_rule plan_rule score user team target dashboard",
        "view add change delete claim": "customer",
        "view add change delete": "contact interaction order follow_up reminder",
        "view add change": "complaint",
    },
    "auditor": {
        "view change": "notification",
        "view": "product tag channel tier_rule plan_rule customer contact interaction order follow_up reminder complaint score warning dashboard target user team role setting health",
        "view export": "audit",
    },
    "administrator": {
        "view change": "notification warning",
        "view add change delete": "product tag channel tier_rule plan_rule interaction follow_up reminder complaint target user team role setting health",
        "view add change delete assign merge export reveal claim": "customer",
        "view add change delete reveal": "contact",
        "view add change delete export": "order",
        "view": "score dashboard audit",
        "view add": "import",
    },
}


def remember(apps: Any, schema_editor: Any) -> None:
    """Roles that are there have had these; a new installation has no roles yet."""
    given = apps.get_model("accounts", "GivenDefault")
    for role in apps.get_model("accounts", "Role").objects.filter(code__in=GIVEN):
        names = {
            f"{resource}.{action}"
            for actions, resources in GIVEN[role.code].items()
            for resource in resources.split()
            for action in actions.split()
        }
        given.objects.bulk_create(given(role=role, permission=name) for name in sorted(names))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_shares_stand_with_customers")]
    operations = [
        migrations.CreateModel(
            name="GivenDefault",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("permission", models.CharField(max_length=60)),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="given_defaults",
                        to="accounts.role",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("role", "permission"), name="default_given_once")
                ],
            },
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
