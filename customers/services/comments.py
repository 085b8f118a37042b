"""Comments on an entry of a customer's history, and telling those whom a note or a comment names by @."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from core import clock
from core.notices import tell
from customers.mentions import first_words, mentioned
from customers.models import Comment, Customer, Interaction, InteractionKind, Mention
from customers.services.followers import News, followers_tell

MENTION, NEW_COMMENT = "mention", "followed_comment"


@transaction.atomic
def comment_add(*, interaction: Interaction, text: str, by: User) -> Comment:
    """A comment of a colleague on an entry; those whom it names are told, and so are who wrote the entry and who
    commented before. ValidationError where it names somebody who may not see the customer."""
    named = mentioned(text, interaction.customer)
    comment = Comment.objects.create(interaction=interaction, user=by, text=text.strip(), at=clock.now())
    audit.record("comment.create", by=by, on=interaction, customer=interaction.customer_id)
    _tell(interaction, named, comment, by=by)
    return comment


def note_mentions(*, interaction: Interaction, by: User | None, **_event: Any) -> None:
    """Handler of `interaction_logged` and `interaction_corrected`: a note tells those whom it names by @, and who
    follows the customer."""
    if (
        by is not None
        and interaction.kind == InteractionKind.NOTE
        and interaction.summary
        and not interaction.automatic
    ):
        customer = Customer.objects.select_related("owner", "service_owner").get(pk=interaction.customer_id)
        _tell(interaction, mentioned(interaction.summary, customer), None, by=by)


def _tell(interaction: Interaction, named: Sequence[User], comment: Comment | None, *, by: User) -> None:
    """Each person once: by name, because they take part in the thread, or because they follow the customer."""
    rows = [Mention(interaction=interaction, comment=comment, user=person) for person in named]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)  # a corrected note may name the same people again
    what, text = ("comment", comment.text) if comment else ("note", interaction.summary)
    said = comment.pk if comment else interaction.pk
    url = f"{reverse('customer', args=[interaction.customer_id])}#entry-{interaction.pk}"
    people = [*named, *(_thread(interaction, named) if comment else ())]
    for person in people:
        tell(
            user=person,
            by=by,
            kind=MENTION,
            key=f"{what}:{said}:{person.pk}",
            customer=interaction.customer,
            numbers={"what": what, "by_name": by.name, "named": person in named},
            text=first_words(text),
            url=url,
        )
    news = News(
        interaction.customer,
        f"{what}:{said}",
        {"what": what, "by_name": by.name},
        text=first_words(text),
        url=url,
        heard=frozenset(person.pk for person in people),
    )
    followers_tell(NEW_COMMENT, [news], by=by)


def _thread(interaction: Interaction, named: Sequence[User]) -> list[User]:
    """Who wrote the entry or a comment on it, while they may see the customer: the inbox asks again when it is read."""
    ids = {interaction.user_id, *Comment.objects.filter(interaction=interaction).values_list("user", flat=True)}
    known = {person.pk for person in named}
    return list(User.objects.filter(pk__in=ids - known - {None}, is_active=True).order_by("pk"))
