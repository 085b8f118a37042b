"""Generated customer numbers come from a sequence, so that two people never get the same one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_churn_reason_inputs")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE customer_number_seq", "DROP SEQUENCE customer_number_seq"),
    ]
