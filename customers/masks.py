"""What lists may be narrowed by, sorted by and asked for, where a rule of masking hides a field from some.

A list of those who hold a value tells the value, whatever its rows show. So only who reads a field of everybody in
reach asks for it; to others it isn't offered, and by its address it gives nobody.
"""

from __future__ import annotations

from accounts import policy
from accounts.masking import mode_for
from accounts.models import User
from accounts.scope import reach_of
from customers.models import Customer

# The fields of a file that its mask hides as if they were empty (accounts.masking).
PROFILE = tuple(name for name, field_class in Customer.mask_fields.items() if field_class == policy.PROFILE)


def reads_everywhere(user: User, field_class: str) -> bool:
    """Whether `user` reads fields of this class in full of everybody in reach; without a class whoever sees the file.

    Who doesn't see all customers knows those of strangers from the pool alone, where no such field is shown.
    """
    if not field_class:
        return True
    seen = policy.RELATIONS if reach_of(user).everywhere("customer.view") else ("own", "team")
    return all(mode_for(user, field_class, relation) == policy.FULL for relation in seen)


def reads_nowhere(user: User, field_class: str, *, begins: bool) -> bool:
    """Whether nothing of such a field is ever shown to `user`; `begins`: of a masked one the beginning is."""
    if not field_class:
        return False
    shown = {policy.FULL, policy.MASK} if begins else {policy.FULL}
    return not any(mode_for(user, field_class, relation) in shown for relation in policy.RELATIONS)


def may_ask(user: User, name: str) -> bool:
    """Whether lists may tell this person whose file holds what in this field."""
    return name not in PROFILE or reads_everywhere(user, policy.PROFILE)
