"""Row scope in one place: which rows of a model a person may reach for an action.

A business model says two words: `scope_resource = "order"` and `scope_owner = ("customer__owner", ...)`, paths to
users; any of them gives reach. `scope_customer` is the path to the customer ("" for the customer itself, None for
rows without one): an explicit share of the customer lets a colleague view, add and change, and do what the model
names in `scope_shared` besides. Rows that reach nobody by these paths belong to scope "all". `scope_pool` marks the
model whose rows without owner are the unassigned pool; `scope_by_owner` names the permissions that only the first of
its paths gives.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from accounts import policy

POOL_ACTIONS = ("view", "claim", "assign")
SHARED_ACTIONS = ("view", "add", "change")  # what a share gives; never to give away, delete or take out of the house
NO_ROW = Q(pk__in=[])


def _none() -> tuple[int, ...]:
    return ()


@dataclass(frozen=True)
class Reach:
    """One person's grants; team members, shared and handled customers are looked up when first needed."""

    user_id: int | None = None
    grants: Mapping[str, str] = field(default_factory=dict)
    find_members: Callable[[], tuple[int, ...]] = _none
    find_shared: Callable[[], tuple[int, ...]] = _none
    find_handled: Callable[[], tuple[int, ...]] = _none

    @cached_property
    def members(self) -> tuple[int, ...]:
        """Ids of the people in one's team and below, oneself included."""
        return self.find_members()

    @cached_property
    def shared(self) -> tuple[int, ...]:
        """Ids of the customers that were shared with this person."""
        return self.find_shared()

    @cached_property
    def handled(self) -> tuple[int, ...]:
        """Ids of the customers whose case this person handles: they are read like own ones, nothing more."""
        return self.find_handled()

    def scope(self, resource: str, action: str) -> str | None:
        """The granted scope `own`, `team`, `all` or None."""
        return self.grants.get(f"{resource}.{action}")


NOBODY = Reach()

# Who handles whom is known by apps above this one: each says for a person's id which customers they handle.
_handling: list[Callable[[int], Iterable[int]]] = []


def handling_register(find: Callable[[int], Iterable[int]]) -> None:
    """`find(user_id)` gives the ids of the customers that this person handles; called once when the project starts."""
    _handling.append(find)


def handled_by(user_id: int) -> tuple[int, ...]:
    """What all registered apps say."""
    return tuple(sorted({pk for find in _handling for pk in find(user_id)}))


def reach_of(user: Any) -> Reach:
    """The reach of `user`; anonymous, None and deactivated people reach nothing."""
    if user is None or not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOBODY
    return user.reach


def allowed(user: Any, permission: str) -> bool:
    """Whether the person holds `resource.action` for at least some rows. A misspelt name is an error."""
    return _known(permission) in reach_of(user).grants


def _known(permission: str) -> str:
    if not policy.is_permission(permission):
        raise ValueError(f"{permission!r} is no permission; see accounts/policy.py")
    return permission


class MaskedValuesError(RuntimeError):
    """Somebody asked for plain values of a masked field of rows that are meant for a person."""


class ScopedQuerySet(models.QuerySet):
    """A queryset that asks who is looking."""

    _for_person = False  # True once for_user has run: such rows leave only through masking

    def for_user(
        self,
        user: Any,
        action: str = "view",
        resource: str = "",
        *,
        own: bool = False,
        by: str = "",
        pool: bool = True,
    ) -> Self:
        """Only the rows on which `user` may do `action`.

        `resource` measures another grant on these rows: `Customer.objects.for_user(user, "add", resource="order")`,
        or `for_user(user, "order.add")`, are the customers for whom orders may be added. Three words narrow further:
        `own` to the person's own rows whatever the grant, `by` to what is reached by this one of the model's paths to
        people, `pool=False` to what isn't in the unassigned pool. They stand here because a second filter that repeats
        the scope misleads the database: it multiplies what both let through and plans for far too few rows.
        """
        permission = _known(action if "." in action else f"{resource or self.model.scope_resource}.{action}")
        scope = reach_of(user).grants.get(permission)
        if scope is None:
            rows = self.none()
        else:
            rows = self._within(user, policy.OWN if own else scope, permission, by=by, pool=pool and not own)
        rows = rows._chain()
        rows._for_person = True
        return rows

    def _within(self, user: Any, scope: str, permission: str, **narrowed: Any) -> Self:
        if permission.endswith(".claim"):
            return self.filter(owner=None)  # what has an owner can't be claimed, by nobody
        if scope == policy.ALL:
            return self
        return self.filter(scope_condition(self.model, reach_of(user), scope, permission, **narrowed))

    def _clone(self) -> Self:
        clone = super()._clone()
        clone._for_person = self._for_person
        return clone

    def _values(self, *fields: Any, **expressions: Any) -> Self:
        if self._for_person:
            _refuse_masked(self.model, fields)
        return super()._values(*fields, **expressions)


def _refuse_masked(model: type[models.Model], fields: tuple[Any, ...]) -> None:
    names = [name for name in fields if isinstance(name, str)] or ([] if fields else list(_mask_fields(model)))
    for name in names:
        if _is_masked(model, name):
            raise MaskedValuesError(f"{model.__name__}.{name}: read instances and pass them through masked()")


def _is_masked(model: type[models.Model], path: str) -> bool:
    *relations, last = path.split("__")
    try:
        for relation in relations:
            model = model._meta.get_field(relation).related_model or model
    except FieldDoesNotExist:
        return False
    return last in _mask_fields(model)


def _mask_fields(model: type[models.Model]) -> Mapping[str, str]:
    return getattr(model, "mask_fields", {})


def scope_condition(
    model: type[models.Model], reach: Reach, scope: str, permission: str, *, by: str = "", pool: bool = True
) -> Q:
    """The filter of scope `own` or `team` on `model`; a model without paths to people gives no row.

    `by`: this path only, without shares and pool; a name that isn't one of the model's paths is an error.
    """
    if by and by not in model.scope_owner:
        raise ValueError(f"{by!r} is no path of {model.__name__} to people: {model.scope_owner}")
    people = (reach.user_id,) if scope == policy.OWN else reach.members
    condition = NO_ROW
    for path in (by,) if by else paths_to_people(model, permission):
        condition |= Q(**{f"{path}__any_of": people}) if len(people) != 1 else Q(**{path: people[0]})
    return condition if by else condition | _beside_people(model, reach, permission, pool)


def paths_to_people(model: type[models.Model], permission: str) -> tuple[str, ...]:
    """The paths by which people reach rows of `model` for this permission."""
    by_owner = permission in getattr(model, "scope_by_owner", ())
    return model.scope_owner[:1] if by_owner else model.scope_owner


def share_gives(model: type[models.Model], permission: str) -> bool:
    """Whether a shared customer lets a colleague do this on its rows of `model`."""
    return permission.rpartition(".")[2] in SHARED_ACTIONS or permission in getattr(model, "scope_shared", ())


def _beside_people(model: type[models.Model], reach: Reach, permission: str, pool: bool) -> Q:
    """What is reached otherwise than through people: shared customers and the pool."""
    condition = Q()
    customer_path = getattr(model, "scope_customer", None)
    if customer_path is not None and share_gives(model, permission) and reach.shared:
        condition |= Q(**{f"{customer_path}__in" if customer_path else "pk__in": reach.shared})
    if pool and getattr(model, "scope_pool", False) and permission in _pool_permissions(model):
        condition |= Q(owner=None)
    return condition


def _pool_permissions(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(f"{model.scope_resource}.{action}" for action in POOL_ACTIONS)
