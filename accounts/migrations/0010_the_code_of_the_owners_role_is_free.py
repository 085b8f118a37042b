"""The owner's role is built in from now on: a company's own role of that code gets another one and keeps what it has.

Else the first start would give the built-in role's grants to whoever has the company's own.
"""

from typing import Any, ClassVar

from django.db import migrations


def make_room(apps: Any, schema_editor: Any) -> None:
    """Nothing to do in most companies."""
    for role in apps.get_model("accounts", "Role").objects.filter(code="owner", is_builtin=False):
        role.code = f"owner_{role.pk}"
        role.save(update_fields=["code"])


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0009_what_roles_did_by_their_names")]
    operations: ClassVar[list[object]] = [migrations.RunPython(make_room, migrations.RunPython.noop)]
