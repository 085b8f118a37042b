"""Qualifications over the API, by the id of the customer."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers

from accounts.rest.fields import MaskedSerializer, ScopedKey
from accounts.rest.filters import IdFilter, MomentFilter, YesNoFilter
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import Changes, Collection, Creates
from core.versions import StaleVersionError
from customers.models import Customer
from segmentation.qualification import services
from segmentation.qualification.models import Frame, Qualification
from segmentation.qualification.score import HIGHEST, LETTERS

STEP = {"min_value": 0, "max_value": HIGHEST, "allow_null": True, "required": False}
NOTES = tuple(f"{letter}_note" for letter in LETTERS)


class QualificationSerializer(MaskedSerializer):
    """Each letter 0 to 3 or null = not asked yet; `score` over those asked of the frame, `known` of `letters`."""

    id = serializers.IntegerField(source="customer_id", read_only=True)
    customer = ScopedKey(Customer, "qualification.change")
    frame = serializers.ChoiceField(choices=Frame.choices, required=False)
    score = serializers.IntegerField(source="score.percent", read_only=True, allow_null=True)
    known = serializers.IntegerField(source="score.known", read_only=True)
    letters = serializers.IntegerField(source="score.of", read_only=True)

    class Meta:
        model = Qualification
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "customer", "frame", *LETTERS, *NOTES, "decides_on", "score", "known", "letters"),
            *("created_at", "created_by", "updated_at", "updated_by", "version"),
        )
        read_only_fields: ClassVar[tuple[str, ...]] = (
            *("created_at", "created_by", "updated_at", "updated_by", "version"),
        )
        extra_kwargs: ClassVar[dict[str, Any]] = dict.fromkeys(LETTERS, STEP)


class QualificationFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    owner = IdFilter(field_name="customer__owner")
    frame = django_filters.ChoiceFilter(choices=Frame.choices)
    prospect = YesNoFilter(field_name="customer__facts__last_order_on", lookup_expr="isnull")
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gt")


@extend_schema_view(
    **dict.fromkeys(
        ("retrieve", "update", "partial_update"),
        extend_schema(
            parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH, description="The customer's id.")]
        ),
    )
)
class QualificationViewSet(Creates, Changes, Collection):
    """BANT or FAINT of prospects, by the id of the customer; who has bought is asked nothing any more."""

    resource = "qualification"
    serializer_class = QualificationSerializer
    filterset_class = QualificationFilter
    default_order: ClassVar[tuple[str, ...]] = ("-pk",)

    def permission(self) -> str:
        """The first answer is a change, too."""
        return "qualification.view" if self.action in (None, "list", "retrieve") else "qualification.change"

    def rows(self) -> QuerySet:
        """Those of customers outside the recycle bin."""
        rows = Qualification.objects.filter(customer__deleted_at=None)
        return rows.select_related("customer").defer("customer__search_tokens")

    def make(self, values: dict[str, Any]) -> Qualification:
        """The first answers of a prospect."""
        customer = values.pop("customer")
        try:
            return services.qualify(customer=customer, changes=values, version=0, by=self.request.user)
        except StaleVersionError as error:
            raise Conflict(_("This customer has a qualification already. Change that one.")) from error

    def change(self, row: Qualification, values: dict[str, Any]) -> None:
        """Write some letters or notes; they stay with their customer."""
        changes = {name: value for name, value in values.items() if name != "customer"}
        if changes:
            services.qualify(customer=row.customer, changes=changes, version=row.version, by=self.request.user)
