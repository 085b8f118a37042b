"""Complaints are no longer deleted by the people they are about: the grant goes from reps and service agents."""

from typing import Any

from django.db import migrations


def take_away(apps: Any, schema_editor: Any) -> None:
    """Roles that were tightened or widened by hand keep what they have for whole teams."""
    grants = apps.get_model("accounts", "RoleGrant").objects.filter(permission="complaint.delete")
    grants.filter(role__code__in=("rep", "service_agent")).delete()
    grants.filter(scope="own").delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_role_stamp")]
    operations = [migrations.RunPython(take_away, migrations.RunPython.noop)]
