"""Which customer a row of another kind of file names: by number, else by a name that one of them has."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers.duplicates.moved import survivors
from customers.identity import name_key, number_key
from customers.models import Customer, CustomerMerge
from customers.words import sort_key
from intake import cellkinds, values
from intake.cells import Cells
from intake.kinds import Column
from intake.plain import Row

CUSTOMER_COLUMNS = (
    Column(
        "customer_no",
        gettext_lazy("customer number"),
        ("客户编号", "客户号", "客户id", "customer id", "customernumber", "customerno"),
        holds=cellkinds.NUMBER,
    ),
    Column(
        "customer_name",
        gettext_lazy("customer name"),
        ("客户", "客户名称", "公司名称", "公司", "customer", "company", "companyname", "accountname", "account"),
        holds=cellkinds.NAME,
    ),
)


def read_customer(cell: Cells) -> dict[str, str]:
    """What a row says of its customer."""
    return {
        "customer_no": cell("customer_no", lambda text: number_key(values.undamaged(text))),
        "customer_name": cell("customer_name", lambda text: values.short(text, 200)),
    }


def customers_named(
    user: User | None, permission: str, rows: Sequence[Row], *, pool: bool = False
) -> dict[int, Customer]:
    """{row number: its customer}, of those on whom the sender holds the permission; the other rows get their reason.
    `pool`: those without an owner may be meant too. Of customers out of reach nothing is told. A number of a file that
    was merged means the one that stays."""
    reach = Customer.objects.all() if user is None else Customer.objects.for_user(user, permission, pool=pool)
    reach = reach.select_related("facts", "owner").defer("search_tokens").order_by("pk")
    numbers = {row.data["customer_no"] for row in rows} - {""}
    by_number = {row.number: row for row in reach.filter(number__in=numbers)}
    merged = CustomerMerge.objects.filter(gone_number__in=numbers, undone_at=None).values_list("gone_number", "gone_id")
    gone = {number: pk for number, pk in merged if number not in by_number}
    now = survivors(gone.values())
    heirs = {row.pk: row for row in reach.filter(pk__in=now.values())}
    by_number |= {number: heirs[now[pk]] for number, pk in gone.items() if now.get(pk) in heirs}
    names = {row.data["customer_name"] for row in rows if not row.data["customer_no"]} - {""}
    by_name: dict[str, list[Customer]] = {}
    called = Q(name_sort__in={sort_key(name) for name in names}) | Q(name_sort="", name__in=names)
    for customer in reach.filter(called) if names else ():
        by_name.setdefault(name_key(customer.name), []).append(customer)
    found: dict[int, Customer] = {}
    for row in rows:
        number, name = row.data["customer_no"], row.data["customer_name"]
        fitting = [by_number[number]] if number in by_number else [] if number else by_name.get(name_key(name), [])
        if len(fitting) == 1:
            found[row.row_no] = fitting[0]
        elif fitting:
            row.reason = _("Several customers have this name. Add the customer number.")
        else:
            unknown = _("There is no customer %(name)s among yours. Correct the number or the name.")
            row.reason = unknown % {"name": number or name}
    return found
