"""Writing down what was found out about a prospect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import events
from core.versions import StaleVersionError, save_version
from customers.models import Customer, CustomerFacts
from customers.services import facts_write
from segmentation.qualification.models import Qualification, first_frame


@transaction.atomic
def qualify(*, customer: Customer, changes: Mapping[str, Any], version: int, by: User) -> Qualification:
    """Write letters, notes or the frame over `version` (0: nothing was asked yet); the score follows at once.

    StaleVersionError when somebody else was faster, unless the same stands there already. Who has bought is asked
    nothing any more.
    """
    if CustomerFacts.objects.filter(pk=customer.pk, last_order_on__isnull=False).exists():
        raise ValidationError(_("%(name)s has bought: only prospects are qualified.") % {"name": customer.name})
    stored = Qualification.objects.select_for_update().filter(pk=customer.pk).first()
    if stored is not None and all(getattr(stored, name) == value for name, value in changes.items()):
        return stored
    if (stored.version if stored else 0) != version:
        raise StaleVersionError(stored or Qualification(customer=customer, version=0))
    if stored is None:
        stored = _first(customer, changes, by)
    else:
        save_version(stored, changes, version=version, by=by)
    found = stored.score
    facts_write(customer.pk, qualification=found.percent)
    audit.record(
        "qualification.set",
        by=by,
        on=stored,
        customer=customer.pk,
        fields=sorted(changes),
        qualification=found.percent,
    )
    events.publish("qualified", customer_ids=[customer.pk], by=by)
    return stored


def _first(customer: Customer, changes: Mapping[str, Any], by: User) -> Qualification:
    values = {"frame": first_frame(customer.kind), **changes}
    try:
        with transaction.atomic():
            return Qualification.objects.create(customer=customer, created_by=by, updated_by=by, **values)
    except IntegrityError as error:  # somebody else asked first
        raise StaleVersionError(Qualification.objects.get(pk=customer.pk)) from error
