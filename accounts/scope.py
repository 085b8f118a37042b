"""Row scope in one place: which rows of a model a person may reach for an action.

A business model is `Scoped` and says of itself what is needed to know that; nothing else decides it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self, TypeAlias, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from accounts import policy
from core.contributions import registry

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

Viewer: TypeAlias = "User | AnonymousUser | None"  # who looks; nobody in particular sees nothing
POOL_ACTIONS = ("view", "claim", "assign")
SHARED_ACTIONS = ("view", "add", "change")  # what a share gives; never to give away, delete or take out of the house
NO_ROW = Q(pk__in=[])


class Scoped(models.Model):
    """A model whose rows a person reaches by a grant. Every model says the first two words, the others where it must.

    Any of the paths to people gives reach. An explicit share of the customer lets a colleague view, add and change, and
    do what the model names in `scope_shared` besides. Rows that reach nobody by these paths belong to scope "all".
    """

    scope_resource: ClassVar[str]  # "order": the permissions are order.view, order.add ...
    scope_owner: ClassVar[tuple[str, ...]]  # ("customer__owner", ...): paths to users
    scope_customer: ClassVar[str | None] = None  # path to the customer; "" for the customer itself
    scope_shared: ClassVar[tuple[str, ...]] = ()
    scope_pool: ClassVar[bool] = False  # its rows without owner are the unassigned pool
    pool_visible: ClassVar[frozenset[str]] = frozenset()  # what everybody sees of those; see accounts/masking.py
    scope_by_owner: ClassVar[tuple[str, ...]] = ()  # permissions that only the first of the paths gives
    mask_fields: ClassVar[Mapping[str, str]] = {}  # attribute -> field class; see accounts/masking.py
    mask_parts: ClassVar[tuple[str, ...]] = ()  # attributes that hold several things, each with its class: `mask_part`
    masked_names: frozenset[str] = frozenset()  # of this instance: what was replaced for its reader

    class Meta:
        abstract = True

    def mask_part(self, name: str, modes: Mapping[str, str]) -> bool:
        """Replace one of `mask_parts` by what a reader with these modes (by field class) sees; whether it changed."""
        raise NotImplementedError(name)


S = TypeVar("S", bound=Scoped)
ScopedModel = type[Scoped]


class _Everybody(Enum):
    ALL = "all"


ALL: Final = _Everybody.ALL  # people(permission) of who reaches every row, those of nobody as well
People = tuple[int, ...] | Literal[_Everybody.ALL]


def _none() -> tuple[int, ...]:
    return ()


@dataclass(frozen=True)
class Reach:
    """One person's grants and whom they reach by them: every question about the row scope is asked here.

    `for_user` and `whose` answer for the database, `holds` for a row in hand, `people` for anything else. `relation`
    and `where` say how a customer stands to the person, which decides what masking shows them of it.
    Team members, shared and handled customers are looked up when first needed.
    """

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

    # --- whom a permission reaches
    def scope(self, permission: str) -> str | None:
        """The granted scope `own`, `team`, `all` or None. A misspelt name is an error."""
        return self.grants.get(known(permission))

    def everywhere(self, permission: str) -> bool:
        """Whether the permission counts on every row of the company."""
        return self.scope(permission) == policy.ALL

    def beyond_own(self, permission: str) -> bool:
        """Whether the permission counts on rows of others too: a lead's, or the whole company's."""
        return self.scope(permission) in (policy.TEAM, policy.ALL)

    def people(self, permission: str) -> People:
        """Ids of the people on whose rows the permission counts, or ALL; none where it isn't granted."""
        scope = self.scope(permission)
        if scope is None:
            return ()
        return ALL if scope == policy.ALL else self._reached(scope)

    def _reached(self, scope: str) -> tuple[int, ...]:
        if self.user_id is None:
            return ()
        return (self.user_id,) if scope == policy.OWN else self.members

    def whose(self, path: str, permission: str) -> Q:
        """Rows of which `path` leads to somebody on whose rows the permission counts; for rows that aren't scoped."""
        people = self.people(permission)
        return Q() if people is ALL else _leads_to(path, people)

    # --- rows: as a condition and in hand
    def rows(self, model: ScopedModel, scope: str, permission: str, *, by: str = "", pool: bool = True) -> Q:
        """The filter of scope `own` or `team` on `model`; a model without paths to people gives no row.

        `by`: this path only, without shares and pool; a name that isn't one of the model's paths is an error.
        """
        condition = NO_ROW
        for path in _paths(model, permission, by):
            condition |= _leads_to(path, self._reached(scope))
        if by:
            return condition
        customer_path = model.scope_customer
        if customer_path is not None and _share_gives(model, permission) and self.shared:
            condition |= Q(**{f"{customer_path}__in" if customer_path else "pk__in": self.shared})
        return condition | Q(owner=None) if pool and _shows_pool(model, permission) else condition

    def holds(self, row: Scoped, permission: str, *, by: str = "", pool: bool = True) -> bool:
        """Whether the permission counts on this row: `for_user` for a row in hand, without a query where the relations
        on the model's paths to people are loaded.
        """
        scope, model = self.scope(permission), type(row)
        if _narrows_further(model):
            raise TypeError(f"{model.__name__} has a rule of its own: ask for_user")
        if scope is None:
            return False
        if permission.endswith(".claim"):
            return owner_id(row) is None
        if scope == policy.ALL:
            return True
        concerned = _people_on(row, _paths(model, permission, by))
        if self.user_id in concerned or (not by and self._holds_beside(row, permission, pool)):
            return True
        return scope == policy.TEAM and self._in_team(concerned)

    def _holds_beside(self, row: Scoped, permission: str, pool: bool) -> bool:
        model = type(row)
        if pool and _shows_pool(model, permission) and owner_id(row) is None:
            return True
        path = model.scope_customer
        if path is None or not _share_gives(model, permission):
            return False
        return (getattr(row, f"{path}_id") if path else row.pk) in self.shared

    def _in_team(self, people: set[int]) -> bool:
        """Whether one of these is in the team or below; who asks about nobody needn't know the members."""
        return bool(people) and not people.isdisjoint(self.members)

    # --- how a customer stands to the person
    def relation(self, row: Scoped) -> str:
        """`own`, `team` or `rest`: how the row's customer stands to the person. Shared and handled ones are own."""
        path = row.scope_customer
        customer: Scoped | None = row if path == "" else getattr(row, path) if path else None
        if customer is None:
            return "rest"
        concerned = _people_on(customer, customer.scope_owner)
        if self.user_id in concerned or customer.pk in self.shared or customer.pk in self.handled:
            return "own"
        return "team" if self._in_team(concerned) else "rest"

    def where(self, customers: ScopedModel, relations: Iterable[str]) -> Q:
        """The customers (the model itself) that stand to the person in one of these relations."""
        wanted = set(relations)
        if wanted == set(policy.RELATIONS):
            return Q()
        own, team = NO_ROW, NO_ROW
        for path in customers.scope_owner:
            own |= _leads_to(path, self._reached(policy.OWN))
            team |= _leads_to(path, self._reached(policy.TEAM))
        own |= Q(pk__in=[*self.shared, *self.handled])
        parts = {"own": own, "team": team & ~own, "rest": ~own & ~team}
        if {"own", "team"} <= wanted:
            parts["team"] = team  # own is asked for as well, no need to cut it out
        condition = NO_ROW
        for relation in wanted:
            condition |= parts[relation]
        return condition


def _leads_to(path: str, people: tuple[int, ...]) -> Q:
    if len(people) == 1:
        return Q(**{path: people[0]})
    return Q(**{f"{path}__any_of": people}) if people else NO_ROW


def owner_id(row: Scoped) -> int | None:
    """Of a row that has an owner, as all of the pool do."""
    return row.owner_id  # type: ignore[attr-defined]


def _people_on(row: models.Model, paths: Iterable[str]) -> set[int]:
    """The ids of the people to whom the paths lead from this row."""
    found: set[int | None] = set()
    for path in paths:
        *steps, last = path.split("__")
        end: Any = row
        for step in steps:
            end = end and getattr(end, step)
        if end is not None:
            found.add(end.pk if last == "pk" else getattr(end, f"{last}_id"))
    return {pk for pk in found if pk is not None}


def _paths(model: ScopedModel, permission: str, by: str) -> tuple[str, ...]:
    """The paths by which people reach rows of `model` for this permission, or `by` alone."""
    if by and by not in model.scope_owner:
        raise ValueError(f"{by!r} is no path of {model.__name__} to people: {model.scope_owner}")
    if by:
        return (by,)
    return model.scope_owner[:1] if permission in model.scope_by_owner else model.scope_owner


def _share_gives(model: ScopedModel, permission: str) -> bool:
    """Whether a shared customer lets a colleague do this on its rows of `model`."""
    return permission.rpartition(".")[2] in SHARED_ACTIONS or permission in model.scope_shared


def _shows_pool(model: ScopedModel, permission: str) -> bool:
    """Whether this permission also reaches the rows of the unassigned pool."""
    resource, _dot, action = permission.partition(".")
    return model.scope_pool and resource == model.scope_resource and action in POOL_ACTIONS


@cache
def _narrows_further(model: ScopedModel) -> bool:
    """Whether the model's queryset adds conditions that only the database can check."""
    rows = model._default_manager.all()
    return isinstance(rows, ScopedQuerySet) and type(rows)._within is not ScopedQuerySet._within


NOBODY = Reach()


def shared_with(user_id: int) -> tuple[int, ...]:
    """Customers that are shared with this person: apps above say which."""
    return tuple(pk for shared in registry().shared_customers for pk in shared.find(user_id))


def handled_by(user_id: int, grants: Mapping[str, str]) -> tuple[int, ...]:
    """Customers whose case is in the hands of a person with these grants: apps above say which."""
    handled = [one for one in registry().handled_customers if one.permission in grants]
    return tuple(sorted({pk for one in handled for pk in one.find(user_id)}))


def reach_of(user: Viewer) -> Reach:
    """The reach of `user`; anonymous, None and deactivated people reach nothing."""
    if user is None or not user.is_authenticated or not user.is_active:
        return NOBODY
    return user.reach


def allowed(user: Viewer, permission: str) -> bool:
    """Whether the person holds `resource.action` for at least some rows. A misspelt name is an error."""
    return reach_of(user).scope(permission) is not None


def known(permission: str) -> str:
    if permission not in registry().permissions:
        raise ValueError(f"{permission!r} is no permission; see docs/contributions.md")
    return permission


class MaskedValuesError(RuntimeError):
    """Somebody asked for plain values of a masked field of rows that are meant for a person."""


class ScopedQuerySet(models.QuerySet[S]):
    """A queryset that asks who is looking."""

    _for_person = False  # True once for_user has run: such rows leave only through masking

    def for_user(
        self,
        user: Viewer,
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
        permission = action if "." in action else f"{resource or self.model.scope_resource}.{action}"
        scope = reach_of(user).scope(permission)
        if scope is None or user is None or not user.is_authenticated:
            rows = self.none()
        else:
            rows = self._within(user, policy.OWN if own else scope, permission, by=by, pool=pool and not own)
        rows = rows._chain()  # type: ignore[attr-defined]  # Django's own way to a copy
        rows._for_person = True
        return rows

    def _within(self, user: User, scope: str, permission: str, **narrowed: Any) -> Self:
        if permission.endswith(".claim"):
            return self.filter(owner=None)  # what has an owner can't be claimed, by nobody
        if scope == policy.ALL:
            return self
        return self.filter(reach_of(user).rows(self.model, scope, permission, **narrowed))

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._for_person = self._for_person
        return clone

    def _values(self, *fields: Any, **expressions: Any) -> Self:
        if self._for_person:
            _refuse_masked(self.model, fields)
        values: Self = super()._values(*fields, **expressions)  # type: ignore[misc]
        return values


def _refuse_masked(model: type[models.Model], fields: tuple[Any, ...]) -> None:
    names = [name for name in fields if isinstance(name, str)] or ([] if fields else list(_mask_fields(model)))
    for name in names:
        if _is_masked(model, name):
            raise MaskedValuesError(f"{model.__name__}.{name}: read instances and pass them through masked()")


def _is_masked(model: type[models.Model], path: str) -> bool:
    *relations, last = path.split("__")
    try:
        for relation in relations:
            related = model._meta.get_field(relation).related_model
            model = related if isinstance(related, type) else model
    except FieldDoesNotExist:
        return False
    return last in _mask_fields(model)


def _mask_fields(model: type[models.Model]) -> Collection[str]:
    return (*getattr(model, "mask_fields", ()), *getattr(model, "mask_parts", ()))


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)
