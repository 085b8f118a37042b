"""Who may open a file whose name they see.

A scan shows what masking hides: a business card has the phone number on it. So who reads the customer's phone, e-mail
or address masked doesn't open its files, unless they brought them along, or may reveal masked values: then it goes on
record like that.
"""

from __future__ import annotations

from accounts import policy
from accounts.masking import mode_for, relation_to
from accounts.models import User
from accounts.scope import reach_of
from customers.models import Attachment, Customer


def reads_in_full(user: User, customer: Customer) -> bool:
    """Whether no way to reach the customer is masked to this person; asks no query where the owners are loaded."""
    relation = relation_to(user, customer)
    return all(mode_for(user, name, relation) == policy.FULL for name in policy.WAYS_CLASSES)


def may_open(user: User, attachment: Attachment) -> bool:
    """Whether the person may open a file that they see; needs its customer."""
    if shows_in_place(user, attachment):
        return True
    return reach_of(user).holds(attachment.customer, "customer.reveal")


def shows_in_place(user: User, attachment: Attachment) -> bool:
    """Whether pages show the small picture: not where each look would have to go on record."""
    return attachment.created_by_id == user.pk or reads_in_full(user, attachment.customer)


def goes_on_record(user: User, attachment: Attachment) -> bool:
    """Whether opening it is written down."""
    return attachment.seen != Attachment.Seen.ALL or not shows_in_place(user, attachment)
