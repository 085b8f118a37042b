from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.functions import Now


def companies_at_work_have_begun(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A company that was there before the list isn't led through it; Settings opens it."""
    apps.get_model("core", "Company").objects.update(first_steps_closed_at=Now())


class Migration(migrations.Migration):
    dependencies = [("core", "0006_company_sells_to")]
    operations = [
        migrations.AddField("company", "first_steps_closed_at", models.DateTimeField(null=True)),
        migrations.RunPython(companies_at_work_have_begun, migrations.RunPython.noop),
    ]
