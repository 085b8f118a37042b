"""Writes of customer files: one verb, one function, one transaction, one audit line.

Callers authorise first (accounts.access.row_for); these functions keep the data right.
"""

from customers.services.channels import (
    channel_add,
    channel_merge,
    channel_move,
    channel_rename,
    channel_restore,
    channel_retire,
)
from customers.services.contacts import contact_add, contact_delete, contact_restore, contact_update
from customers.services.facts import facts_write, tokens_refresh
from customers.services.files import (
    EDITABLE,
    CustomerNeededError,
    PurgeRefusedError,
    customer_create,
    customer_delete,
    customer_purge,
    customer_restore,
    customer_update,
    customers_kind_set,
    numbers_next,
)
from customers.services.interactions import (
    UNDO_FOR,
    UndoTooLateError,
    interaction_log,
    interaction_undo,
    is_late,
    may_undo,
)
from customers.services.owners import (
    CLAIMS,
    AlreadyOwnedError,
    OwnerChangedError,
    customer_claim,
    customer_share,
    customer_transfer,
    customer_unshare,
    customers_follow_team,
    customers_pass_on,
    customers_transfer,
)
from customers.services.required import REQUIRED_ACT, required_fields_change
from customers.services.reveal import REVEALS, customer_reveal, reveal_count
from customers.services.tags import (
    customers_tag,
    tag_add,
    tag_create,
    tag_merge,
    tag_rename,
    tag_restore,
    tag_retire,
    tags_set,
)

__all__ = [
    "CLAIMS",
    "EDITABLE",
    "REQUIRED_ACT",
    "REVEALS",
    "UNDO_FOR",
    "AlreadyOwnedError",
    "CustomerNeededError",
    "OwnerChangedError",
    "PurgeRefusedError",
    "UndoTooLateError",
    "channel_add",
    "channel_merge",
    "channel_move",
    "channel_rename",
    "channel_restore",
    "channel_retire",
    "contact_add",
    "contact_delete",
    "contact_restore",
    "contact_update",
    "customer_claim",
    "customer_create",
    "customer_delete",
    "customer_purge",
    "customer_restore",
    "customer_reveal",
    "customer_share",
    "customer_transfer",
    "customer_unshare",
    "customer_update",
    "customers_follow_team",
    "customers_kind_set",
    "customers_pass_on",
    "customers_tag",
    "customers_transfer",
    "facts_write",
    "interaction_log",
    "interaction_undo",
    "is_late",
    "may_undo",
    "numbers_next",
    "required_fields_change",
    "reveal_count",
    "tag_add",
    "tag_create",
    "tag_merge",
    "tag_rename",
    "tag_restore",
    "tag_retire",
    "tags_set",
    "tokens_refresh",
]
