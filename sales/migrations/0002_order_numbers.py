"""Numbers of orders entered by hand come from a sequence."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE order_number_seq", "DROP SEQUENCE order_number_seq"),
    ]
