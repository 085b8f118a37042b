"""The rows every installation begins with; safe to run at each start, never overwrites what a person changed."""

from accounts.services import roles_ensure
from core.company import check_environment
from core.files import store
from customers.completeness import index_ensure
from customers.defaults import catalogues_ensure, channels_ensure
from customers.own.ordered import indexes_ensure
from followups.cadence_table.defaults import cadence_ensure, occasions_ensure
from followups.messages.defaults import templates_ensure
from followups.services.questions import frames_ensure
from segmentation.defaults import causes_ensure, tiers_ensure


def ensure_defaults() -> None:
    """Company, room for files, roles, catalogues, tiers, scoring settings, causes, plans, templates and questions."""
    check_environment()
    store.space()
    roles_ensure()
    channels_ensure()
    catalogues_ensure()
    tiers_ensure()
    causes_ensure()
    cadence_ensure()
    occasions_ensure()
    templates_ensure()
    frames_ensure()
    indexes_ensure()
    index_ensure()
