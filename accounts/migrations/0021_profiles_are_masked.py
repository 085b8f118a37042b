"""How each role reads the profile of a customer: in full as so far, until somebody says otherwise."""

from django.db import migrations

CLASS = "profile"
AS_SO_FAR = f"""
    INSERT INTO accounts_maskrule (role_id, field_class, relation, mode)
    SELECT role_id, '{CLASS}', relation, 'full' FROM accounts_maskrule WHERE field_class = 'address'
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_confidential_fields")]
    operations = [
        migrations.RunSQL(AS_SO_FAR, f"DELETE FROM accounts_maskrule WHERE field_class = '{CLASS}'"),
    ]
