"""What a rule asks, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from customers.models import CompanySize, Industry, Kind
from responsibility.models import AllocationRule
from segmentation import catalogue
from ui import formatting


class RuleWords:
    """Names of what the rules of one page ask for; a few queries for all of them."""

    def __init__(self, rules: Iterable[AllocationRule]) -> None:
        rules = list(rules)
        # unscoped: names of people and entries in settings that the reader may see
        people = User.objects.filter(pk__in={pk for rule in rules for pk in rule.people})
        self.people = {person.pk: person.name for person in people}
        self.industries = {row.pk: row.name for row in Industry.rows().all()}
        self.sizes = {row.pk: row.name for row in CompanySize.rows().all()}
        self.tiers = dict(catalogue.every_choice())

    def asks(self, rule: AllocationRule) -> str:
        """What customers it takes."""
        parts = [
            *_named(rule.kinds, dict(Kind.choices)),
            *_named(rule.industries, self.industries),
            *_named(rule.sizes, self.sizes),
            *_named(rule.tiers, self.tiers),
            *([formatting.listed(rule.regions)] if rule.regions else []),
            *([_("needs %(words)s") % {"words": formatting.listed(rule.needs)}] if rule.needs else []),
        ]
        return " · ".join(parts) or _("all customers")

    def gives(self, rule: AllocationRule) -> str:
        """Among whom."""
        names = formatting.listed([self.people[pk] for pk in rule.people if pk in self.people])
        return f"{names} · {rule.get_how_display()}"


def _named(wanted: Iterable[Any], names: Mapping[Any, Any]) -> list[str]:
    words = [str(names[one]) for one in wanted if one in names]
    return [formatting.listed(words)] if words else []
