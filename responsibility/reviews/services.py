"""Reviews are written down, decisions given to somebody, done, and their owners reminded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.notices import tell
from core.versions import save_version
from responsibility.reviews.models import Decision, Review

GIVEN, DUE = "decision_given", "decision_due"
AHEAD = 3  # days before it is due the owner is reminded,
AGAIN = 7  # and as often once it is overdue


@transaction.atomic
def review_create(*, by: User, **fields: Any) -> Review:
    """Write a review down."""
    _refuse_next_before(fields["held_on"], fields.get("next_on"))
    review = Review.objects.create(**fields, created_by=by, updated_by=by)
    audit.record("system_review.create", by=by, on=review)
    return review


@transaction.atomic
def review_change(*, review: Review, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Write over `version`."""
    _refuse_next_before(changes.get("held_on", review.held_on), changes.get("next_on", review.next_on))
    save_version(review, changes, version=version, by=by)
    audit.record("system_review.change", by=by, on=review, fields=sorted(changes))


def _refuse_next_before(held_on: date, next_on: date | None) -> None:
    if next_on is not None and next_on <= held_on:
        raise ValidationError({"next_on": _("The next review comes after this one. Choose a later day.")})


@transaction.atomic
def decision_add(*, review: Review, text: str, owner: User, due_on: date, by: User) -> Decision:
    """Decide something; its owner is told."""
    if not owner.can("system_review.view"):
        raise ValidationError({"owner": _("This person doesn't see reviews. Choose somebody who does.")})
    decision = Decision.objects.create(
        review=review, text=text.strip(), owner=owner, due_on=due_on, created_by=by, updated_by=by
    )
    audit.record("system_review.decide", by=by, on=review, decision_owner=owner.pk, due_on=due_on.isoformat())
    _tell(decision, GIVEN, f"{GIVEN}:{decision.pk}", by=by)
    return decision


@transaction.atomic
def decision_done(*, decision: Decision, outcome: str, by: User) -> None:
    """It is done, and this came of it; PermissionDenied for who neither owns it nor keeps the reviews."""
    stored = _held(decision, by)
    if stored.done_at is not None:
        raise ValidationError(_("This decision is done already. Nothing was changed."))
    values = {"done_at": clock.now(), "done_by": by, "outcome": outcome.strip()}
    save_version(stored, values, version=stored.version, by=by)
    audit.record("system_review.done", by=by, on=stored.review, decision_owner=stored.owner_id)


@transaction.atomic
def decision_reopen(*, decision: Decision, by: User) -> None:
    """It isn't done after all; what was said of it stays to be read."""
    stored = _held(decision, by)
    if stored.done_at is not None:
        save_version(stored, {"done_at": None, "done_by": None}, version=stored.version, by=by)
        audit.record("system_review.reopen", by=by, on=stored.review, decision_owner=stored.owner_id)


def _held(decision: Decision, by: User) -> Decision:
    if decision.owner_id != by.pk and not by.can("system_review.change"):
        raise PermissionDenied
    return Decision.objects.select_for_update(of=("self",)).select_related("review").get(pk=decision.pk)


def decisions_remind(business_date: date) -> dict[str, int]:
    """The nightly job: owners hear of what is due soon, and each week of what is overdue; each day once."""
    today, count = clock.business_date(), 0
    rows = Decision.objects.filter(done_at=None, due_on__lte=today + timedelta(days=AHEAD), owner__is_active=True)
    for decision in rows.select_related("owner", "review"):
        late = (today - decision.due_on).days
        if late in (-AHEAD, 0) or (late > 0 and late % AGAIN == 0):
            _tell(decision, DUE, f"{DUE}:{decision.pk}:{today.isoformat()}", by=None)
            count += 1
    return {"decisions_reminded": count}


def _tell(decision: Decision, kind: str, key: str, *, by: User | None) -> None:
    tell(
        user=decision.owner,
        by=by,
        kind=kind,
        key=key,
        source_id=decision.pk,
        numbers={"due": decision.due_on.isoformat()},
        text=decision.text,
        url=reverse("system_review", args=[decision.review_id]),
    )
