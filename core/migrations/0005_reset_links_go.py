"""Mails with a link to choose a new password are sent with their link and stored without; the old ones lose theirs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0004_clock_mark")]
    operations = [
        migrations.RunSQL(
            "UPDATE core_outboxmail SET body = '' WHERE kind = 'password_reset' AND state NOT IN ('due', 'sending')",
            migrations.RunSQL.noop,
        )
    ]
