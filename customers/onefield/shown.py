"""A fact of a customer's file in words, as it stands on the page once it is saved."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from customers import profile, selectors
from customers.models import Customer, own_fields
from customers.own import values
from customers.profile import Line
from ui import formatting


def line_of(user: User, customer: Customer, name: str) -> Line:
    """Of a masked customer; its value is empty where the file holds nothing there."""
    for field in own_fields():
        if field.field_name == name:
            held = customer.own.get(field.code)
            words = "" if held is None else values.words(field, held, values.people_of([customer]))
            return Line(name, field.name, words, typed=True)
    if name == "tags":
        return Line(name, _("Tags"), formatting.listed([tag.name for tag in customer.tags.all()]), typed=True)
    if name == "do_not_contact":
        return Line(name, capfirst(_("do not contact")), capfirst(_("yes") if customer.do_not_contact else _("no")))
    if name == "referred_by":
        known = selectors.referrers(user).filter(pk=customer.referred_by_id or 0).first()
        return Line(name, _("Referred by"), known.name if known else "", typed=True)
    return profile.line_of(customer, name, clock.user_today(user))
