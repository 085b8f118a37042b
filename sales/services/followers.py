"""Telling who follows a customer that it has bought: by an order entered by hand, or by those of a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.models import Customer
from customers.services.followers import News, followers_tell
from intake.models import ImportJob
from sales.models import Order

NEW_ORDER = "followed_order"
FILES = "orders"  # the kind of files that bring orders


def order_told(order: Order, by: User) -> None:
    """A purchase that somebody has entered."""
    if order.customer is not None and order.kind == Order.Kind.PURCHASE:
        followers_tell(NEW_ORDER, [News(order.customer, str(order.pk), {"number": order.number})], by=by)


def imported_orders_told(job: ImportJob, since: date | None) -> None:
    """Handler of `import_finished`: whoever got orders by a file, once for the file."""
    if job.kind != FILES:
        return
    # unscoped: each follower is asked below for what they may see
    bought = Customer.objects.filter(followers__isnull=False, imports__job=job).distinct()
    followers_tell(NEW_ORDER, [News(customer, f"import:{job.pk}:{customer.pk}") for customer in bought], by=job.user)


def new_order_said(numbers: Mapping[str, Any]) -> str:
    """What was bought, as far as it is one order."""
    if "customers" in numbers:
        text = ngettext(
            "New orders of %(n)s customer you follow", "New orders of %(n)s customers you follow", numbers["customers"]
        )
        return text % {"n": numbers["customers"]}
    if "number" in numbers:
        return _("New order %(number)s") % {"number": numbers["number"]}
    return _("New orders came with a file")
