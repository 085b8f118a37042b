"""The rows every installation begins with; safe to run at each start, never overwrites what a person changed."""

from accounts.services import roles_ensure
from core.company import check_environment
from customers.defaults import channels_ensure
from followups.defaults import cadence_ensure, occasions_ensure
from segmentation.defaults import tiers_ensure


def ensure_defaults() -> None:
    """Company, roles, channels, tiers, scoring settings and default plans."""
    check_environment()
    roles_ensure()
    channels_ensure()
    tiers_ensure()
    cadence_ensure()
    occasions_ensure()
