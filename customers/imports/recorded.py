"""The tables that imports of customers write, as what an import does is recorded (intake/record.py)."""

from customers import birthdays
from customers.imports.columns import FURTHER, TEXTS
from customers.models import CATALOGUES, CatalogueRow, Channel
from intake.record import Recorded

# What a file of customers writes over a customer that is there already.
CHANGED = (
    *(name for name in TEXTS if name != "number"), *FURTHER, "kind", "gender", "price_sensitivity", "reasons",
    *birthdays.FIELDS, "founded_on", "notes", "own",
    "do_not_contact", "referred_by_id", *(f"{name}_id" for name in CATALOGUES), "name_sort", "search_tokens",
)  # fmt: skip
CUSTOMER = Recorded(
    "customer",
    "customers_customer",
    # A change of owner ends shares: they come back with the owner.
    image="to_jsonb(t) || jsonb_build_object('shares', "
    "ARRAY(SELECT s.user_id FROM customers_customershare s WHERE s.customer_id = t.id))",
)
CONTACT = Recorded("contact", "customers_contact")
INTERACTION = Recorded("interaction", "customers_interaction")
RELATION = Recorded("relation", "customers_relation")
CONSENT = Recorded("consent", "customers_consent", mark="md5(ROW(t.allowed, t.undone_at)::text)", stamped=False)
TAG_LINK = Recorded("tag_link", "customers_customer_tags", mark="''", stamped=False)
TAG = Recorded("tag", "customers_tag", mark="md5(t.name)", stamped=False)


def _entries(what: str, model: type[CatalogueRow]) -> Recorded:
    mark = "md5((to_jsonb(t) - 'position')::text)"
    if model is Channel:  # as it was remembered before there were others
        mark = "md5(ROW(t.code, t.name_en, t.name_zh, t.is_active)::text)"
    return Recorded(what, model._meta.db_table, mark=mark, stamped=False)


SHORT = {
    "company_size": "size",
    "market_standing": "standing",
    "income_band": "income",
    "decision_style": "style",
}
ENTRIES = {model: _entries(SHORT.get(name, name), model) for name, model in CATALOGUES.items()}
