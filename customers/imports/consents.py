"""What a file says of being written to: agreed, refused, not to be contacted; by all channels or by one.

Agreeing and refusing are about offers and news, as that is what needs a consent; who is not to be contacted gets
nothing at all. A word of the customer's that is later than the file's stays the last one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.refusals import BadCellError
from customers.imports.columns import CONSENTS
from customers.imports.meanings import DO_NOT_CONTACT, YES
from customers.imports.recorded import CONSENT
from customers.imports.rows import Match, Said
from customers.imports.sender import Sender
from customers.models import Basis, Consent, Topic
from intake import record
from intake.kinds import Run


def said_in(data: Mapping[str, Any]) -> list[Said]:
    """The words of one row, that about all channels first."""
    on = date.fromisoformat(data["consent_on"]) if data.get("consent_on") else None
    found = []
    for name, channel in CONSENTS.items():
        if word := data.get(name):
            found.append(Said(channel, "" if word == DO_NOT_CONTACT else Topic.MARKETING, word == YES, on))
    return found


class Consents:
    """What is known of these customers before the rows are judged."""

    def __init__(self, sender: Sender, customers: Iterable[int]) -> None:
        ids = list(customers)
        self.sender = sender
        self.may_add = sender.within(ids, "consent.add")
        self.words: dict[int, list[Consent]] = defaultdict(list)
        rows = Consent.objects.filter(customer_id__in=ids, contact=None, undone_at=None) if ids else ()
        for word in sorted(rows, key=lambda word: (word.at, word.pk), reverse=True):
            self.words[word.customer_id].append(word)

    def fill(self, match: Match) -> None:
        """Put what is new into the match; BadCellError for who may record no consents of this customer."""
        said = said_in(match.data)
        if not said:
            return
        allowed = self.sender.user is None or self.sender.user.can("consent.add")
        if match.customer is not None:
            allowed = match.customer.pk in self.may_add
        if not allowed:
            raise BadCellError(_("consent: you may not record consents of this customer. Leave the cells empty."))
        words = self.words[match.customer.pk] if match.customer is not None else []
        match.consents = [one for one in said if _is_news(one, words)]
        stopped = match.data.get("consent") == DO_NOT_CONTACT and not _agreed_since(said[0], words)
        if stopped and not getattr(match.customer, "do_not_contact", False):
            match.changes["do_not_contact"] = True


def _is_news(said: Said, words: Sequence[Consent]) -> bool:
    """Whether it adds anything. Of an undated word nobody knows whether it is the last one: a refusal counts all the
    same, a consent only where the customer has said nothing here."""
    if said.on is not None:
        return not any(
            (word.channel, word.topic, word.allowed, word.at) == (said.channel, said.topic, said.allowed, said.at)
            for word in words
        )
    last = next((word for word in words if said.covered_by(word)), None)
    return last is None or (last.allowed and not said.allowed)


def _agreed_since(said: Said, words: Sequence[Consent]) -> bool:
    return said.on is not None and any(word.allowed and word.at > said.at for word in words)


def write_consents(run: Run, matches: Sequence[Match]) -> None:
    """The words of these rows. A message that they refuse doesn't go: that is asked once more when it would."""
    made = Consent.objects.bulk_create(
        Consent(
            customer=match.customer,
            channel=one.channel,
            topic=one.topic,
            allowed=one.allowed,
            source=Consent.Source.IMPORT,
            basis=Basis.CONSENT if one.allowed else "",
            proof=_("%(file)s, row %(row)s") % {"file": run.job.file_name[:200], "row": match.place},
            at=one.at,
            user=run.user,
        )
        for match in matches
        for one in match.consents
    )
    record.made(run.job, CONSENT, [consent.pk for consent in made])
