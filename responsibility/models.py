"""Tables of responsibility: one file a subject."""

from responsibility.allocation.models import AllocationRule
from responsibility.hand_overs.models import HandOver
from responsibility.pool.models import ReclaimWarning

__all__ = ["AllocationRule", "HandOver", "ReclaimWarning"]
