"""The step of a new company's list that belongs to orders."""

from django.db.models import Exists
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.contributions import FirstStep
from sales.models import Order
from ui import formatting


def _found() -> str:
    count = Order.objects.count()
    return ngettext("%(n)s order", "%(n)s orders", count) % {"n": formatting.number(count)}


FIRST_STEP = FirstStep(
    "orders",
    _("Bring in your orders"),
    _("A year or more of them tells who matters, who falls silent and when to call."),
    "import_new",
    _("Choose a file"),
    "receipt",
    "import.add",
    done=lambda: Exists(Order.objects.all()),
    found=_found,
    query="kind=orders",
    order=50,
)
