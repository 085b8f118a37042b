"""Privileges and offers over the API: who reads the rules of tiers reads them, who changes those changes them."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.rest.viewsets import Catalogue, Changes, Creates, Deletes
from customers.models import Lifecycle
from segmentation.models import Tier
from segmentation.policies import services
from segmentation.policies.models import PER_CENT, PolicyKind, TierPolicy


class TierPolicySerializer(serializers.ModelSerializer):
    """A privilege or an offer. An empty tier means all, an empty lifecycle any; kind and scheme stay as they are."""

    limit = serializers.IntegerField(min_value=PER_CENT[0], max_value=PER_CENT[1], required=False, allow_null=True)

    class Meta:
        model = TierPolicy
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "scheme", "tier", "lifecycle", "kind", "name_en", "name_zh", "sentence_en", "sentence_zh"),
            *("limit", "valid_from", "valid_to", "place"),
            *("created_at", "created_by", "updated_at", "updated_by", "version"),
        )
        read_only_fields: ClassVar[tuple[str, ...]] = (
            *("place", "created_at", "created_by", "updated_at", "updated_by", "version"),
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """For whom it is may change, what it is may not."""
        kept = [name for name in ("scheme", "kind") if self.instance is not None and name in attrs]
        wrong = [name for name in kept if attrs[name] != getattr(self.instance, name)]
        if wrong:
            raise serializers.ValidationError({name: [_("It stays what it is. Add another one.")] for name in wrong})
        return attrs


class TierPolicyFilter(django_filters.FilterSet):
    scheme = django_filters.ChoiceFilter(choices=Tier.Scheme.choices)
    tier = django_filters.CharFilter()
    lifecycle = django_filters.ChoiceFilter(choices=Lifecycle.choices)
    kind = django_filters.ChoiceFilter(choices=PolicyKind.choices)


class TierPolicyViewSet(Creates, Changes, Deletes, Catalogue):
    """What customers of a tier or stage are entitled to, and what may be offered to them."""

    resource = "tier_rule"
    serializer_class = TierPolicySerializer
    filterset_class = TierPolicyFilter
    default_order: ClassVar[tuple[str, ...]] = ("id",)

    def permission(self) -> str:
        """One right for adding, changing and removing."""
        return "tier_rule.view" if self.action in (None, "list", "retrieve") else "tier_rule.change"

    def rows(self) -> QuerySet:
        """Without what was removed."""
        return TierPolicy.objects.filter(removed_at=None)

    def make(self, values: dict[str, Any]) -> TierPolicy:
        """A new one."""
        return services.policy_add(by=self.request.user, **values)

    def change(self, row: TierPolicy, values: dict[str, Any]) -> None:
        """What it says and for whom."""
        services.policy_change(row=row, changes=values, version=row.version, by=self.request.user)

    def remove(self, row: TierPolicy) -> None:
        """It counts no more."""
        services.policy_remove(row=row, by=self.request.user)
