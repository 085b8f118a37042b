"""Which open follow-ups stand on the review list of the quarter instead of on a day of their own."""

from __future__ import annotations

from django.db.models import Q

from followups import reasons
from followups.models import FollowUp

# As the plan made them: what a person has moved to a day, or planned with a time, is a contact like others.
IN_REVIEW = Q(reason_code=reasons.REVIEW, source=FollowUp.Source.CADENCE) & ~Q(reason__has_key="chosen")
SINGLE = ~IN_REVIEW


def in_review(plan: FollowUp) -> bool:
    """`IN_REVIEW` for one row."""
    return plan.reason_code == reasons.REVIEW and plan.source == FollowUp.Source.CADENCE and "chosen" not in plan.reason
