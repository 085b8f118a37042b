"""Consents over the API: read, and recorded; what was said is never changed, only followed by another word."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.rest.fields import MaskedSerializer, MomentWithOffset, ScopedKey
from accounts.rest.filters import IdFilter, MomentFilter, YesNoFilter
from accounts.rest.viewsets import Collection, Creates
from customers import services
from customers.models import Consent, ConsentChannel, Contact, Customer, Topic


class ConsentSerializer(MaskedSerializer):
    """A consent (allowed) or a refusal; an empty channel or topic covers all."""

    customer = ScopedKey(Customer, "consent.add")
    contact = ScopedKey(Contact, "contact.view", required=False, allow_null=True)
    at = MomentWithOffset(required=False)

    class Meta:
        model = Consent
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "customer", "contact", "channel", "topic", "allowed", "source", "proof", "at"),
            *("basis", "text_version", "wording"),
            *("user", "undone_at"),
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("user", "undone_at", "wording")
        extra_kwargs: ClassVar[dict[str, Any]] = {"source": {"required": True}}

    def validate_source(self, value: str) -> str:
        """By the link of a message only its reader says something, by a file only who imports it."""
        if value in (Consent.Source.LINK, Consent.Source.REPLY):
            raise serializers.ValidationError(_("Only the reader of a message says so, on their own page."))
        if value == Consent.Source.IMPORT:
            raise serializers.ValidationError(_("Only an import of customers says so. Name how you know."))
        return value


class ConsentFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    contact = IdFilter(field_name="contact")
    channel = django_filters.ChoiceFilter(choices=ConsentChannel.choices)
    topic = django_filters.ChoiceFilter(choices=Topic.choices)
    allowed = YesNoFilter(field_name="allowed")
    said_after = MomentFilter(field_name="at", lookup_expr="gt")


class ConsentViewSet(Creates, Collection):
    """What customers said about being written to; of each customer and contact the last word counts."""

    resource = "consent"
    serializer_class = ConsentSerializer
    filterset_class = ConsentFilter
    ordering = ("id", "at")

    def rows(self) -> QuerySet:
        """Statements of customers outside the recycle bin."""
        rows = Consent.objects.filter(customer__deleted_at=None)
        return rows.select_related("customer").defer("customer__search_tokens")

    def make(self, values: dict[str, Any]) -> Consent:
        """Write one down."""
        return services.consent_record(by=self.request.user, **values)
