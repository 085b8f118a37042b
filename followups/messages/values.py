"""What the variables of a template stand for with one customer, as the person who writes may read it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import dateformat, translation

from accounts.masking import masked_copy
from accounts.models import User
from accounts.scope import reach_of
from core.company import company_now
from customers.models import Contact, Customer, Gender, facts_of
from followups.messages.models import Language
from followups.selectors import open_of
from sales.models import Order, Product

TITLES = {
    Language.ZH: {Gender.FEMALE: "女士", Gender.MALE: "先生"},
    Language.EN: {Gender.FEMALE: "Ms", Gender.MALE: "Mr"},
}
# Family names of two characters that are met; of all others the first character is the family name.
LONG_NAMES = frozenset(("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"))


def values_for(user: User, customer: Customer, contact: Contact | None, language: str) -> dict[str, str]:
    """{code: text} of what is known, in a language. Of orders and plans only what `user` may see of this customer."""
    reach = reach_of(user)
    shown = masked_copy(user, customer)
    owner = customer.owner
    values = {
        "customer": shown.name,
        "salutation": _salutation(customer, contact, Language(language)),
        "contact": contact.name if contact else shown.name if customer.kind == "person" else "",
        "owner": owner.name if owner else "",
        "owner_phone": (owner.mobile or "") if owner else "",
        "sender": user.name,
        "company": company_now().name,
    }
    with translation.override(language):
        if reach.holds(customer, "order.view"):
            values["product"] = last_product(user, customer)
            values["last_order"] = _day(facts_of(customer).last_order_on, language)
        if reach.holds(customer, "follow_up.view"):
            following = open_of(user, customer).first()
            values["next_date"] = _day(following.due_on if following else None, language)
    return {code: " ".join(text.split()) for code, text in values.items()}


def last_product(user: User, customer: Customer) -> str:
    """What was bought last; of several things in one order the first."""
    orders = Order.objects.for_user(user).filter(customer=customer, kind=Order.Kind.PURCHASE)
    order = orders.exclude(state=Order.State.CANCELLED).order_by("-ordered_at", "-pk").first()
    things = Q(product=None) | Q(product__flag=Product.Flag.NONE)
    line = order.lines.filter(things).select_related("product").order_by("pk").first() if order else None
    if line is None:
        return ""
    return line.product.name if line.product else line.description


def _day(day: date | None, language: str) -> str:
    if day is None:
        return ""
    return dateformat.format(day, "Y 年 n 月 j 日" if language == Language.ZH else "j F Y")


def _salutation(customer: Customer, contact: Contact | None, language: Language) -> str:
    """Of a person whose sex is known the title with the family name, else the whole name; nothing for a company alone:
    nobody is addressed as one."""
    if contact is not None:
        return contact.name
    if customer.kind != "person":
        return ""
    title = TITLES[language].get(Gender(customer.gender or ""))
    if not title:
        return customer.name
    if language == Language.EN:
        return f"{title} {customer.name}"
    family = customer.name[:2] if customer.name[:2] in LONG_NAMES and len(customer.name) > 2 else customer.name[:1]
    return f"{family}{title}" if 1 < len(customer.name) <= 4 and not customer.name.isascii() else customer.name
