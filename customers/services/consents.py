"""What customers say about being written to: recorded, and taken back by themselves at once."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, events
from core.texts import unseen
from customers.models import Basis, Consent, ConsentWording, Contact, Customer


@transaction.atomic
def consent_record(
    *,
    customer: Customer,
    allowed: bool,
    by: User | None,
    source: str = Consent.Source.SPOKEN,
    contact: Contact | None = None,
    channel: str = "",
    topic: str = "",
    proof: str = "",
    basis: str = "",
    text_version: str = "",
    wording: ConsentWording | None = None,
    language: str = "",
    at: datetime | None = None,
) -> Consent:
    """Write down a consent or a refusal; messages that it refuses are called off. `by` None: the reader themselves.

    A consent in writing or by a form names its proof, such as a document. `basis`: why the data may be used, their
    consent unless something else is said; `text_version`: which words they agreed to, of the catalogue by `wording`.
    """
    moment = clock.now()
    at = at or moment
    if at > moment:
        raise ValidationError({"at": _("This lies in the future. Choose a time up to now.")})
    if contact is not None and contact.customer_id != customer.pk:
        raise ValidationError({"contact": _("This contact belongs to another customer.")})
    if allowed and source in (Consent.Source.WRITTEN, Consent.Source.FORM) and unseen(proof):
        raise ValidationError({"proof": _("Say where the consent can be found: a document, a form, a page.")})
    consent = Consent.objects.create(
        customer=customer,
        contact=contact,
        channel=channel,
        topic=topic,
        allowed=allowed,
        source=source,
        proof=proof.strip(),
        basis=(basis or Basis.CONSENT) if allowed else "",
        text_version=text_version.strip() or (wording.label[:80] if wording else ""),
        wording=wording,
        language=language,
        at=at,
        user=by,
    )
    act = "consent.give" if allowed else "consent.refuse"
    audit.record(act, by=by, on=consent, customer=customer.pk, consent_channel=channel, topic=topic, source=source)
    if not allowed:
        events.publish("contact_refused", customer=customer)
    return consent


@transaction.atomic
def consents_take_back(*, customer: Customer, contact: Contact | None, proof: str) -> int:
    """The reader takes back what they have just said by the link of one message (`proof`): it stands as before."""
    mine = Consent.objects.filter(customer=customer, contact=contact, source=Consent.Source.LINK, proof=proof)
    last = mine.filter(undone_at=None).order_by("-at", "-pk").first()
    if last is None:
        return 0
    audit.record("consent.undo", by=None, on=last, customer=customer.pk)
    return mine.filter(undone_at=None, at=last.at).update(undone_at=clock.now())
