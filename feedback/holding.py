"""The open complaints of a person who leaves."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.contributions import Holding
from feedback import services
from feedback.models import Complaint


def _open_of(people: Sequence[int]) -> dict[int, int]:
    rows = Complaint.objects.filter(owner__in=people).exclude(state=Complaint.State.CLOSED).order_by()
    return {row["owner_id"]: row["n"] for row in rows.values("owner_id").annotate(n=Count("pk"))}


def _hand_over(person: User, heirs: Sequence[User], by: User) -> None:
    """To the heirs in turn; a complaint never lies with nobody, so where they can't work on it, or there is none, the
    customer's owner gets it, else who switches the person off."""
    rows = Complaint.objects.for_user(by, "change").filter(owner=person).exclude(state=Complaint.State.CLOSED)
    for n, complaint in enumerate(rows.select_related("customer__owner__role").order_by("pk")):
        wanted = [heirs[n % len(heirs)] if heirs else None, complaint.customer.owner, by]
        able = [one for one in wanted if one and one.is_active and one.pk != person.pk and one.can("complaint.change")]
        if not able:
            raise ValidationError(
                _("Choose somebody who may work on complaints: %(n)s is open.") % {"n": complaint.number}
            )
        services.complaint_assign(
            complaint=complaint,
            to=able[0],
            by=by,
            version=complaint.version,
            note=_("%(name)s left") % {"name": person.name},
        )


HELD = Holding(
    "complaints",
    gettext_lazy("open complaints"),
    "complaint.change",
    count=lambda reader, person: (
        Complaint.objects.for_user(reader, "change").filter(owner=person).exclude(state=Complaint.State.CLOSED).count()
    ),
    left=lambda person: _open_of([person.pk]).get(person.pk, 0),
    hand_over=_hand_over,
    loads=_open_of,
)
