"""Tables of responsibility: one file a subject."""

from responsibility.allocation.models import AllocationRule
from responsibility.appraisals.models import Appraisal, Measure
from responsibility.duties.models import Acceptance, DutySheet, Post
from responsibility.hand_overs.models import HandOver
from responsibility.pool.models import ReclaimWarning
from responsibility.reviews.models import Decision, Review

__all__ = [
    "Acceptance",
    "AllocationRule",
    "Appraisal",
    "Decision",
    "DutySheet",
    "HandOver",
    "Measure",
    "Post",
    "ReclaimWarning",
    "Review",
]
