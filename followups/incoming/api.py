"""What customers wrote, over the API: to read. It comes in by the doors of its own (doors.py)."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet

from accounts.rest.fields import MaskedSerializer
from accounts.rest.filters import IdFilter, MomentFilter
from accounts.rest.viewsets import Collection
from customers.models import Network
from followups.models import Incoming


class IncomingSerializer(MaskedSerializer):
    """A message, comment or share of a customer; `trust` says how we know who sent it."""

    class Meta:
        model = Incoming
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "customer", "contact", "network", "kind", "trust", "name", "email", "phone", "handle", "subject"),
            *("text", "url", "refusal", "occurred_at", "received_at", "message", "interaction", "version"),
        )
        read_only_fields = fields


class IncomingFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    network = django_filters.ChoiceFilter(choices=Network.choices)
    kind = django_filters.ChoiceFilter(choices=Incoming.Kind.choices)
    received_after = MomentFilter(field_name="received_at", lookup_expr="gt")


class IncomingViewSet(Collection):
    """What customers wrote to us. Only to read; unknown senders stand on their own page."""

    resource = "incoming"
    serializer_class = IncomingSerializer
    filterset_class = IncomingFilter
    ordering = ("id", "occurred_at")

    def rows(self) -> QuerySet:
        """Messages of customers outside the recycle bin."""
        rows = Incoming.objects.filter(customer__isnull=False, customer__deleted_at=None)
        return rows.select_related("customer").defer("customer__search_tokens")
