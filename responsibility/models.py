"""Tables of responsibility: one file a subject."""

from responsibility.pool.models import ReclaimWarning

__all__ = ["ReclaimWarning"]
