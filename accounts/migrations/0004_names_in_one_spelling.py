"""E-mail addresses of users in the spelling of accounts/names.py.

Lower case fits always: the index so far was on it. An address with look-alike letters is rewritten where nobody else
has the result; one that can't be (two accounts for one address, letters that no mail server takes) stays as it is and
is named, for an administrator to give the person another one.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import migrations
from django.db.models.functions import Lower

from accounts.names import normal_email


def rewrite(apps: Any, schema_editor: Any) -> None:
    User = apps.get_model("accounts", "User")
    User.objects.exclude(email=Lower("email")).update(email=Lower("email"))
    for pk, email in User.objects.filter(email__regex=r"[^!-~]").values_list("pk", "email"):
        try:
            better = normal_email(email)
        except ValidationError:
            better = ""
        if better and not User.objects.filter(email=better).exists():
            User.objects.filter(pk=pk).update(email=better)
        else:
            print(f"\n  User {pk} signs in with an address that mail servers don't take; please give another one.")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_complaints_are_deleted_by_leads")]
    operations = [migrations.RunPython(rewrite, migrations.RunPython.noop)]
