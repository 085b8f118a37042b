"""Which posts somebody holds, who holds a post, and who has accepted what is written about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value

from accounts.models import User
from accounts.scope import ALL, reach_of
from responsibility.duties.models import Acceptance, DutySheet, Post


def held(person: Any, role: Any, team_path: Any) -> QuerySet[Post]:
    """Posts in use of one person, by values or by columns (OuterRef)."""
    path = ExpressionWrapper(team_path, output_field=CharField())
    rows = Post.objects.filter(is_on=True).annotate(held_path=path)
    return rows.filter(
        Q(person=None) | Q(person=person),
        Q(role=None) | Q(role=role),
        Q(team=None) | Q(held_path__startswith=F("team__path")),
    )


def posts_of(person: User) -> QuerySet[Post]:
    """Those that this person holds."""
    return held(person.pk, person.role_id, Value(person.team.path if person.team else ""))


def open_posts(rows: QuerySet[Post], person: Any) -> QuerySet[Post]:
    """Those of them of which the person has not accepted the version in force."""
    accepted = Acceptance.objects.filter(sheet=OuterRef("in_force"), person=person)
    return rows.filter(~Exists(accepted))


def open_sheets(user: User) -> QuerySet[DutySheet]:
    """What waits for this person to accept it."""
    return DutySheet.objects.filter(pk__in=open_posts(posts_of(user), user.pk).values("in_force"))


def people_seen(user: User) -> QuerySet[User]:
    """Active people whose acceptances this person may see, themselves included."""
    whole = reach_of(user).people("duty.view")
    # unscoped: by the right to see duties, not people
    rows = User.objects.filter(is_active=True).select_related("team", "role").order_by("name_sort", "pk")
    return rows if whole is ALL else rows.filter(pk__in=whole)


def holders(post: Post, people: Iterable[User]) -> list[User]:
    """Of these people those who hold the post."""
    return [one for one in people if _holds(post, one)]


def _holds(post: Post, person: User) -> bool:
    if post.team is not None and not (person.team and person.team.path.startswith(post.team.path)):
        return False
    return post.person_id in (None, person.pk) and post.role_id in (None, person.role_id)


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a post; `at`: when they accepted the version in force."""

    person: User
    at: datetime | None


@dataclass(frozen=True)
class PostShown:
    """A post with those of its holders whom the reader may see; `mine`: the reader's own line."""

    post: Post
    holders: Sequence[Holder]
    mine: Holder | None

    @property
    def accepted(self) -> int:
        return sum(holder.at is not None for holder in self.holders)


def posts_shown(user: User, *, only: int | None = None, off: bool = False) -> list[PostShown]:
    """Posts of people in reach, and all of them for who writes them; two queries."""
    rows = Post.objects.select_related("team", "role", "person", "in_force__written_by").order_by("name", "pk")
    rows = rows.filter(is_on=not off) if only is None else rows.filter(pk=only)
    posts, people = list(rows), list(people_seen(user))
    said = Acceptance.objects.filter(sheet__in=[post.in_force_id for post in posts])
    at = {(sheet, person): moment for sheet, person, moment in said.values_list("sheet", "person", "at")}
    writes, found = user.can("duty.change"), []
    for post in posts:
        lines = [Holder(one, at.get((post.in_force_id or 0, one.pk))) for one in holders(post, people)]
        if lines or writes:
            mine = next((line for line in lines if line.person.pk == user.pk), None)
            found.append(PostShown(post, lines, mine))
    return found
