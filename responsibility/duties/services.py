"""Duties are written, versions follow each other, people accept the one in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.notices import tell
from core.texts import unseen
from core.versions import save_version
from responsibility.duties.models import Acceptance, DutySheet, Post
from responsibility.duties.selectors import holders, posts_of

NEW_DUTIES = "new_duties"
WHOSE = ("name", "team", "role", "person")
TEXTS = ("duties", "requirements")


@transaction.atomic
def post_create(*, duties: str, requirements: str = "", by: User, **whose: Any) -> Post:
    """A new post with the first version of its duties; `whose`: WHOSE."""
    post = Post.objects.create(**whose, created_by=by, updated_by=by)
    _write(post, duties, requirements, by)
    audit.record("duty.create", by=by, on=post)
    return post


@transaction.atomic
def post_change(*, post: Post, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Write over `version`. Another wording is another version of the duties, which everybody accepts anew."""
    save_version(post, {name: changes[name] for name in WHOSE if name in changes}, version=version, by=by)
    texts = {name: changes[name] for name in TEXTS if name in changes}
    if texts:
        assert post.in_force is not None
        said = {name: getattr(post.in_force, name) for name in TEXTS} | texts
        _write(post, said["duties"], said["requirements"], by)
    audit.record("duty.change", by=by, on=post, fields=sorted(changes))


def _write(post: Post, duties: str, requirements: str, by: User) -> None:
    if unseen(duties):
        raise ValidationError({"duties": _("Write down what is asked of this post.")})
    number = post.in_force.number + 1 if post.in_force else 1
    sheet = DutySheet.objects.create(
        post=post,
        number=number,
        duties=duties.strip(),
        requirements=requirements.strip(),
        written_at=clock.now(),
        written_by=by,
    )
    post.in_force = sheet
    post.save(update_fields=["in_force"])
    _tell(post, by)


def _tell(post: Post, by: User) -> None:
    """Everybody who holds it: there is something to accept."""
    # unscoped: whoever holds the post
    people = User.objects.filter(is_active=True).select_related("team", "role")
    for person in holders(post, people):
        tell(
            user=person,
            by=by,
            kind=NEW_DUTIES,
            key=f"{NEW_DUTIES}:{post.in_force_id}:{person.pk}",
            source_id=post.in_force_id,
            numbers={"post": post.name},
            url=reverse("duties", args=[post.pk]),
        )


@transaction.atomic
def post_retire(*, post: Post, by: User) -> None:
    """Nobody is asked for it any more; what was accepted stays on record."""
    if Post.objects.filter(pk=post.pk, is_on=True).update(is_on=False):
        audit.record("duty.retire", by=by, on=post)


@transaction.atomic
def post_restore(*, post: Post, by: User) -> None:
    """It counts again."""
    if Post.objects.filter(pk=post.pk, is_on=False).update(is_on=True):
        audit.record("duty.restore", by=by, on=post)


@transaction.atomic
def duties_accept(*, post: Post, number: int, by: User) -> None:
    """Accept the version that was read; ValidationError over a newer one, and for who doesn't hold the post."""
    stored = Post.objects.select_for_update(of=("self",), no_key=True).select_related("in_force").get(pk=post.pk)
    if stored.in_force is None or stored.in_force.number != number:
        raise ValidationError(_("The duties were written anew in the meantime. Read the new version first."))
    if not posts_of(by).filter(pk=post.pk).exists():
        raise ValidationError(_("These are not duties of yours. Nothing was accepted."))
    _row, made = Acceptance.objects.get_or_create(sheet=stored.in_force, person=by, defaults={"at": clock.now()})
    if made:
        audit.record("duty.accept", by=by, on=post, duty_version=number)
