"""The step of a new company's list that belongs to customers."""

from django.db.models import Exists
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.contributions import FirstStep
from customers.models import Customer
from ui import formatting


def _found() -> str:
    count = Customer.objects.count()
    return ngettext("%(n)s customer", "%(n)s customers", count) % {"n": formatting.number(count)}


FIRST_STEP = FirstStep(
    "customers",
    _("Bring in your customers"),
    _("From a table of Excel or another system, or write down the first one by hand."),
    "import_new",
    _("Choose a file"),
    "upload",
    "import.add",
    done=lambda: Exists(Customer.objects.all()),
    found=_found,
    query="kind=customers",
    order=40,
)
