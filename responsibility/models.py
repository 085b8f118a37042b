"""Tables of responsibility: one file a subject."""

from responsibility.hand_overs.models import HandOver
from responsibility.pool.models import ReclaimWarning

__all__ = ["HandOver", "ReclaimWarning"]
