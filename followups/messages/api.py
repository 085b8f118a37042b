"""Messages and their templates over the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.masking import may_read
from accounts.rest.fields import MaskedSerializer, ScopedKey
from accounts.rest.filters import IdFilter, MomentFilter, YesNoFilter
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import ApiRequest, Catalogue, Changes, Collection, Creates, check_match
from core.outbox import TooLateError
from customers.models import Contact, Customer, Topic
from followups import services
from followups.messages.choosing import ADDRESS
from followups.messages.models import Language, MessageChannel
from followups.models import Message, MessageTemplate
from followups.services.messages import NotStuckError


class MessageSerializer(MaskedSerializer):
    """A message; the address is that of the contact, else of the customer. Places of a template are filled in by the
    sender: double braces are refused."""

    customer = ScopedKey(Customer, "message.add")
    contact = ScopedKey(Contact, "contact.view", required=False, allow_null=True)
    channel = serializers.ChoiceField(choices=MessageChannel.choices)
    topic = serializers.ChoiceField(choices=Topic.choices, required=False)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    template = serializers.PrimaryKeyRelatedField(
        queryset=MessageTemplate.objects.all(), required=False, allow_null=True
    )
    text = serializers.CharField(max_length=5000)

    class Meta:
        model = Message
        fields = (
            "id",
            "customer",
            "contact",
            "channel",
            "topic",
            "language",
            "template",
            "template_version",
            "to_name",
            "email",
            "phone",
            "subject",
            "text",
            "user",
            "state",
            "error",
            "sent_at",
            "automatic",
            "interaction",
            "created_at",
            "version",
        )
        read_only_fields = (
            *("template_version", "to_name", "email", "phone", "user", "state", "error", "sent_at", "automatic"),
            *("interaction", "created_at", "version"),
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A contact of this customer, and an address that the sender reads in full."""
        customer, contact = attrs["customer"], attrs.get("contact")
        if contact is not None and contact.customer_id != customer.pk:
            raise serializers.ValidationError({"contact": [_("This contact belongs to another customer.")]})
        who: Customer | Contact = contact or customer
        field = ADDRESS[attrs["channel"]]
        user = self.context["request"].user
        if attrs["channel"] != MessageChannel.WECHAT and not may_read(user, who, field):
            raise serializers.ValidationError({"channel": [_("You don't read this address in full.")]})
        if attrs["channel"] == MessageChannel.SMS and not who.phone:
            raise serializers.ValidationError({"channel": [_("There is no phone number.")]})
        return attrs


class MessageFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    template = IdFilter(field_name="template")
    state = django_filters.ChoiceFilter(choices=Message.State.choices)
    channel = django_filters.ChoiceFilter(choices=MessageChannel.choices)
    automatic = YesNoFilter(field_name="automatic")
    sent_after = MomentFilter(field_name="sent_at", lookup_expr="gt")


class MessageViewSet(Creates, Collection):
    """Messages to customers. POST sends a mail, and a text message where this installation has a gateway for them; else
    it writes a draft that is sent by hand. `sent`, `again` and `cancel` decide on one."""

    resource = "message"
    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    matched_actions = ("sent", "again", "cancel")
    ordering = ("id", "sent_at")

    def rows(self) -> QuerySet:
        """Messages to customers outside the recycle bin."""
        rows = Message.objects.filter(customer__deleted_at=None)
        return rows.select_related("customer").defer("customer__search_tokens")

    def make(self, values: dict[str, Any]) -> Message:
        """Write one."""
        template = values.get("template")
        version = template.version if template else None
        return services.message_send(by=self.request.user, template_version=version, **values)

    @extend_schema(request=None, responses=MessageSerializer)
    @action(detail=True, methods=["post"], grant="message.change")
    def sent(self, request: ApiRequest, pk: str) -> Response:
        """It went: a draft that was sent by hand, or an unknown mail that has arrived."""
        return self._decide(request, services.message_sent)

    @extend_schema(request=None, responses=MessageSerializer)
    @action(detail=True, methods=["post"], grant="message.change")
    def again(self, request: ApiRequest, pk: str) -> Response:
        """Send an unknown or failed mail once more."""
        return self._decide(request, services.message_again)

    @extend_schema(request=None, responses=MessageSerializer)
    @action(detail=True, methods=["post"], grant="message.change")
    def cancel(self, request: ApiRequest, pk: str) -> Response:
        """Call it off."""
        return self._decide(request, services.message_cancel)

    def _decide(self, request: ApiRequest, service: Any) -> Response:
        row = self.get_object()
        check_match(request, row)
        with transaction.atomic():
            self.hold(row)
            try:
                service(message=row, by=self.request.user)
            except NotStuckError as error:
                raise Conflict(_("This message doesn't wait for that.")) from error
            except TooLateError as error:
                raise Conflict(_("This message is on its way or has gone.")) from error
        return self.shown(row.pk)


class TemplateSerializer(serializers.ModelSerializer):
    """A template; empty channel, stage, frequency and tiers mean all."""

    class Meta:
        model = MessageTemplate
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "name_en", "name_zh", "purpose", "channel", "stage", "frequency", "tiers", "topic"),
            *("subject_en", "subject_zh", "body_en", "body_zh", "is_active", "updated_at", "version"),
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("updated_at", "version")


class TemplateFilter(django_filters.FilterSet):
    purpose = django_filters.ChoiceFilter(choices=MessageTemplate.Purpose.choices)
    channel = django_filters.ChoiceFilter(choices=MessageChannel.choices)
    is_active = YesNoFilter(field_name="is_active")


class TemplateViewSet(Creates, Changes, Catalogue):
    """Templates of messages: everybody may read them, who may change them adds and changes."""

    resource = "template"
    serializer_class = TemplateSerializer
    filterset_class = TemplateFilter
    default_order: ClassVar[tuple[str, ...]] = ("id",)

    def rows(self) -> QuerySet:
        """All templates."""
        return MessageTemplate.objects.all()

    def make(self, values: dict[str, Any]) -> MessageTemplate:
        """A template of the company's own."""
        return services.template_add(by=self.request.user, **values)

    def change(self, row: MessageTemplate, values: dict[str, Any]) -> None:
        """Its words and whom it is for."""
        services.template_change(template=row, changes=values, version=row.version, by=self.request.user)
