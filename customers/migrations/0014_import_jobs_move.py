"""Import jobs belong to `intake` (intake.0001 has renamed their table): here only the state is told.

Rows that name what they are about by the label of its model follow: idempotency keys of uploads. Lines of the audit
log can't be changed; they keep the old label, which stays known there.
"""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keys_follow(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    keys = apps.get_model("core", "IdempotencyKey").objects
    keys.filter(model="customers.ImportJob").update(model="intake.ImportJob")


def keys_return(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    keys = apps.get_model("core", "IdempotencyKey").objects
    keys.filter(model="intake.ImportJob").update(model="customers.ImportJob")


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0013_shares_of_customers"),
        ("core", "0005_reset_links_go"),
        ("intake", "0001_import_jobs"),
    ]

    operations = [
        migrations.RunPython(keys_follow, keys_return),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="importedcustomer",
                    name="job",
                    field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="customers", to="intake.importjob"),
                ),
                migrations.DeleteModel(name="ImportJob"),
            ],
        ),
    ]
