"""By what lists of people are sorted: Chinese names between the Latin ones, as they are spoken."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from accounts.names import sorted_by


def fill(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    users = apps.get_model("accounts", "User").objects
    for pk, name in users.values_list("pk", "name"):
        users.filter(pk=pk).update(name_sort=sorted_by(name))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_notices_by_mail")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="name_sort",
            field=models.CharField(db_collation="C", default="", editable=False, max_length=200),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
