"""The tables that imports of customers write, as what an import does is recorded (intake/record.py)."""

from customers import birthdays
from customers.imports.columns import TEXTS
from intake.record import Recorded

# What a file of customers writes over a customer that is there already.
CHANGED = (
    *(name for name in TEXTS if name != "number"), "kind", "gender", *birthdays.FIELDS, "founded_on", "notes",
    "channel_id", "name_sort", "search_tokens",
)  # fmt: skip
CUSTOMER = Recorded(
    "customer",
    "customers_customer",
    # A change of owner ends shares: they come back with the owner.
    image="to_jsonb(t) || jsonb_build_object('shares', "
    "ARRAY(SELECT s.user_id FROM customers_customershare s WHERE s.customer_id = t.id))",
)
CONTACT = Recorded("contact", "customers_contact")
TAG_LINK = Recorded("tag_link", "customers_customer_tags", mark="''", stamped=False)
TAG = Recorded("tag", "customers_tag", mark="md5(t.name)", stamped=False)
CHANNEL = Recorded(
    "channel", "customers_channel", mark="md5(ROW(t.code, t.name_en, t.name_zh, t.is_active)::text)", stamped=False
)
