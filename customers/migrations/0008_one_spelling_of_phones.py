"""Search words, sorting and the mark of numbers that can't be called, for what was stored in another spelling.

0138..., full-width digits, two numbers in a field and extensions give other words than before, and names with double
blanks sort elsewhere. Most rows are as they should be and are only read; each slice commits on its own, so that a big
table stays usable and an interrupted run simply starts again.
"""

from django.db import migrations

SLICE = 5_000


def renew(apps, schema_editor):
    from core.phones import all_callable, phone_keys  # noqa: PLC0415
    from customers.search import tokens_for  # noqa: PLC0415
    from customers.words import sort_key  # noqa: PLC0415

    Customer, Contact = apps.get_model("customers", "Customer"), apps.get_model("customers", "Contact")
    rows = Customer._base_manager.order_by("pk")
    last = 0
    while ids := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:SLICE]):
        last = ids[-1]
        people = {}
        for person in Contact._base_manager.filter(customer_id__in=ids, deleted_at=None):
            people.setdefault(person.customer_id, []).append(person)
        changed = []
        for row in rows.filter(pk__in=ids):
            contacts = people.get(row.pk, [])
            phones = [row.phone, row.phone2, *(person.phone for person in contacts)]
            known = set(row.search_tokens)
            wanted = {f"p:{key[:40]}" for phone in phones for key in phone_keys(phone) if len(key) >= 4}
            if wanted <= known and all(map(all_callable, phones)) and " " not in row.name:
                continue
            sorted_by = sort_key(row.name)
            tokens = tokens_for(
                name=row.name,
                number=row.number,
                credit_code=row.credit_code,
                phones=phones,
                emails=[row.email, *(person.email for person in contacts)],
                contact_names=[person.name for person in contacts],
            )
            if tokens != row.search_tokens or sorted_by != row.name_sort:
                row.search_tokens, row.name_sort = tokens, sorted_by
                changed.append(row)
        Customer._base_manager.bulk_update(changed, ["search_tokens", "name_sort"], batch_size=500)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("customers", "0007_import_attempts")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop, elidable=True)]
