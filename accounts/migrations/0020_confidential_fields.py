"""How each role reads confidential fields: as it reads addresses, until somebody says otherwise."""

from django.db import migrations

CLASS = "confidential"
TAKE_OVER = f"""
    INSERT INTO accounts_maskrule (role_id, field_class, relation, mode)
    SELECT role_id, '{CLASS}', relation, mode FROM accounts_maskrule WHERE field_class = 'address'
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_saved_views")]
    operations = [
        migrations.RunSQL(TAKE_OVER, f"DELETE FROM accounts_maskrule WHERE field_class = '{CLASS}'"),
    ]
