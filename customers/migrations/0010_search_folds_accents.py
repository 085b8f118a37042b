"""Search words of names with letters beyond ASCII and Chinese: accents folded, parts of words stored.

Only such rows are read; each slice commits on its own, so that a big table stays usable and an interrupted run starts
again without harm.
"""

from django.db import migrations
from django.db.models import Q

SLICE = 2_000
# A letter that is neither ASCII nor a Chinese character, full-width form or sign of Chinese text.
OTHER = "[^\\u0001-\\u007f\\u00b7\\u2000-\\u206f\\u3000-\\u303f\\u3400-\\u9fff\\uf900-\\ufaff\\uff00-\\uff5e]"


def renew(apps, schema_editor):
    from customers.search import tokens_for  # noqa: PLC0415

    Customer, Contact = apps.get_model("customers", "Customer"), apps.get_model("customers", "Contact")
    people = Contact._base_manager.filter(deleted_at=None)
    asked = Q(name__regex=OTHER) | Q(pk__in=people.filter(name__regex=OTHER).values("customer"))
    ids = list(Customer._base_manager.filter(asked).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), SLICE):
        rows = list(Customer._base_manager.filter(pk__in=ids[start : start + SLICE]))
        contacts = {}
        for person in people.filter(customer_id__in=[row.pk for row in rows]):
            contacts.setdefault(person.customer_id, []).append(person)
        for row in rows:
            own = contacts.get(row.pk, [])
            row.search_tokens = tokens_for(
                name=row.name,
                number=row.number,
                credit_code=row.credit_code,
                phones=[row.phone, row.phone2, *(person.phone for person in own)],
                emails=[row.email, *(person.email for person in own)],
                contact_names=[person.name for person in own],
            )
        Customer._base_manager.bulk_update(rows, ["search_tokens"], batch_size=500)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customers", "0009_import_look")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop, elidable=True)]
