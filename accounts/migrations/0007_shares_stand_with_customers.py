"""The table of shares goes; customers/migrations/0013_shares_of_customers.py has taken over its rows."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("accounts", "0006_tokens_have_names")]
    operations: ClassVar[list[object]] = [migrations.DeleteModel(name="CustomerShare")]
