"""Customer files as JSON: explicit fields; owner, team and stamps have their own ways to change."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.masking import is_pool_only, may_read
from accounts.models import User
from accounts.rest.fields import MaskedSerializer, Moment, ScopedKey
from core import clock
from core.phones import BadPhoneError, checked_phone
from core.refusals import BadCellError
from core.texts import mail_address
from customers import birthdays, required, selectors
from customers.facts import FURTHER_SCORES, Read, read_by
from customers.imports.catalogues import Entries
from customers.models import (
    CATALOGUES,
    CatalogueRow,
    Channel,
    CheckInState,
    CompanySize,
    Contact,
    Customer,
    CustomerFacts,
    DecisionStyle,
    IncomeBand,
    Industry,
    Interaction,
    InteractionKind,
    Kind,
    Level,
    Loyalty,
    MarketStanding,
    Satisfaction,
    Tag,
)
from customers.own.api import OwnValues
from customers.own.values import may_read as may_read_own
from customers.services import EDITABLE
from customers.services.interactions import CORRECTABLE, NOTE_WITHOUT, RESULT_MISSING
from ui.forms import Lines

NEXT_STEP = r"^(plan|none|1|3|7|30|\d{4}-\d{2}-\d{2})$"
NOT_BY_API = ("service_owner",)
REQUIRED = _("The company requires this field.")
FIXED = _("This stays as it was logged; leave it out of a correction.")


class FactsSerializer(serializers.ModelSerializer):
    """What is known about a customer from orders, scores, contacts and complaints; money in minor units.

    `rated_tonight`: the customer has bought since the scores were made; they don't know that purchase yet.
    """

    rated_tonight = serializers.BooleanField(read_only=True)
    satisfaction = serializers.ChoiceField(Satisfaction.choices, allow_blank=True, read_only=True)
    loyalty = serializers.ChoiceField(Loyalty.choices, allow_blank=True, read_only=True)

    class Meta:
        model = CustomerFacts
        fields = (*read_by(Read.API), "rated_tonight")
        read_only_fields = fields

    def to_representation(self, instance: CustomerFacts) -> dict[str, Any]:
        """Scores that the reader doesn't see are empty, as of a customer without any."""
        found = super().to_representation(instance)
        request = self.context.get("request")
        if request is not None and not request.user.can("score.view"):
            hidden = found.keys() & FURTHER_SCORES
            found |= {name: "" if isinstance(found[name], str) else None for name in hidden}
        if request is not None and not request.user.can("qualification.view"):
            found["qualification"] = None
        return found


class WaysToReach(serializers.Serializer):
    """Checks of phone numbers and e-mail addresses, as in the forms."""

    def validate_phone(self, value: str) -> str:
        """A possible number of its country; what is stored already may come again."""
        return self._phone("phone", value)

    def validate_phone2(self, value: str) -> str:
        """Like `phone`."""
        return self._phone("phone2", value)

    def _phone(self, name: str, value: str) -> str:
        if value and value != getattr(self.instance, name, None):
            try:
                checked_phone(value)
            except BadPhoneError as error:
                raise serializers.ValidationError(str(error)) from error
        return value

    def validate_email(self, value: str) -> str:
        """An address, if any."""
        return mail_address(value) if value.strip() else ""

    def validate_email2(self, value: str) -> str:
        """Like `email`."""
        return self.validate_email(value)

    def validate_further_phones(self, value: list[str]) -> list[str]:
        """Each as `phone`."""
        self._few(value)
        stored = set(getattr(self.instance, "further_phones", None) or ())
        return [number if number in stored else self._phone("further_phones", number) for number in value]

    def validate_further_emails(self, value: list[str]) -> list[str]:
        """Each as `email`."""
        self._few(value)
        return [self.validate_email(address) for address in value]

    def _few(self, value: list[str]) -> None:
        if len(value) > Lines.MOST:
            raise serializers.ValidationError(_("At most %(most)s of them.") % {"most": Lines.MOST})


class EntryField(serializers.SlugRelatedField[CatalogueRow]):
    """An entry of a catalogue by its code; its name in either language is understood too."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "does_not_exist": _("“{value}” isn't in the company's list. Use a code or a name of it, or have it added.")
    }

    def __init__(self, model: type[CatalogueRow]) -> None:
        self.model = model
        rows = model.rows().filter(is_active=True)
        super().__init__(slug_field="code", queryset=rows, allow_null=True, required=False)

    def __deepcopy__(self, memo: object) -> EntryField:
        return type(self)(self.model)

    def to_internal_value(self, data: Any) -> Any:
        """As a file names it; an empty text says nothing."""
        if data == "":
            return None
        found = Entries(self.model).find(data[:80]) if isinstance(data, str) else None
        if found is None or not found.is_active:
            self.fail("does_not_exist", value=str(data)[:80])
        return found


class CustomerSerializer(WaysToReach, MaskedSerializer):
    channel = serializers.SlugRelatedField(
        slug_field="code", queryset=Channel.objects.filter(is_active=True), allow_null=True, required=False
    )
    industry = EntryField(Industry)
    company_size = EntryField(CompanySize)
    market_standing = EntryField(MarketStanding)
    income_band = EntryField(IncomeBand)
    decision_style = EntryField(DecisionStyle)
    referred_by = ScopedKey(Customer, allow_null=True, required=False)
    birthday = serializers.CharField(
        max_length=birthdays.LONGEST,
        allow_null=True,
        allow_blank=True,
        required=False,
        help_text=_("1990-02-28; with birthday_is_lunar also 1990-02-30 or, without a year, 02-30."),
    )
    tags: serializers.SlugRelatedField[Tag] = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    own_fields = OwnValues(source="own", required=False)
    anyway = serializers.BooleanField(
        write_only=True,
        required=False,
        help_text=_("Of a new customer: true makes it although somebody like that may be there already."),
    )
    facts = FactsSerializer(read_only=True, allow_null=True)
    created_at = serializers.DateTimeField(read_only=True, allow_null=True)  # null: a pool customer
    updated_at = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = Customer
        fields = (
            "id",
            "number",
            "name",
            *(name for name in EDITABLE if name not in ("name", *NOT_BY_API)),
            "stage_since",
            "owner",
            "service_owner",
            "team",
            "tags",
            "own_fields",
            "anyway",
            "source",
            "facts",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = (
            "number",
            "stage_since",
            "owner",
            "service_owner",
            "team",
            "source",
            "created_at",
            "updated_at",
            "version",
        )

    def to_representation(self, instance: Customer) -> dict[str, Any]:
        """The file; of a pool customer without what points to other rows or says when it was changed."""
        shown = super().to_representation(instance)
        if is_pool_only(self.context["request"].user, instance):
            shown |= dict.fromkeys((*CATALOGUES, "referred_by", "service_owner", "created_at", "updated_at"))
            shown["tags"] = []
        return shown

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A birthday is a day of its calendar."""
        sent = {name: attrs[name] for name in birthdays.FIELDS if name in attrs}
        if sent:
            try:
                attrs |= birthdays.checked(sent, self.instance)
            except BadCellError as error:
                raise serializers.ValidationError({"birthday": [str(error)]}) from error
        attrs = super().validate(attrs)
        self._refuse_lacking(attrs)
        return attrs

    def _refuse_lacking(self, attrs: dict[str, Any]) -> None:
        """A new or replaced file holds what is required everywhere, and no change takes it away. What was stored before
        it was required, or is masked to the sender, isn't asked for by a change of something else."""
        row, user = self.instance, self.context["request"].user
        kind = attrs.get("kind", row.kind if row is not None else Kind.PERSON)
        whole = row is None or not self.partial or kind != row.kind

        def filled(name: str) -> Any:
            if own := required.own_of(name):
                held = row.own.get(own.code) if row is not None else None
                hidden = row is not None and not may_read_own(user, row, own)
                return hidden or attrs.get("own", {}).get(own.code, held) not in (None, "", [])
            if name == required.REACH:
                return any(map(filled, required.WAYS)) or (row is not None and selectors.is_reached(row))
            return (
                name == required.CONTACT  # comes after its customer
                or (row is not None and not may_read(user, row, name))
                or (attrs[name] if name in attrs else getattr(row, name, None))
            )

        sent = {*attrs, *(f"own_{code}" for code in attrs.get("own", {}))}
        lacking = [
            name
            for name in required.lacking(kind, filled, Level.ALWAYS)
            if whole or name in sent or (name == required.REACH and set(required.WAYS) & set(attrs))
        ]
        own = {code: [REQUIRED] for name in lacking if (code := getattr(required.own_of(name), "code", ""))}
        if own:
            raise serializers.ValidationError({"own_fields": own})
        if lacking:
            ways = _("Send a phone number, an e-mail address or a WeChat name: one of them is required.")
            raise serializers.ValidationError(
                {
                    ("phone" if name == required.REACH else name): [REQUIRED if name != required.REACH else ways]
                    for name in lacking
                }
            )

    def validate_referred_by(self, value: Customer | None) -> Customer | None:
        """Nobody refers themselves."""
        if value is not None and self.instance is not None and value.pk == self.instance.pk:
            raise serializers.ValidationError(_("A customer can't be referred by themselves."))
        return value


class AssignSerializer(serializers.Serializer):
    """Who gets the customer; owner null = the unassigned pool."""

    owner = serializers.IntegerField(min_value=1, max_value=2**63 - 1, allow_null=True)
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")
    keep_shares = serializers.BooleanField(default=False)


class ContactSerializer(WaysToReach, MaskedSerializer):
    customer = ScopedKey(Customer, "contact.add")
    reports_to = ScopedKey(Contact, allow_null=True, required=False)

    class Meta:
        model = Contact
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "customer",
            "name",
            "position",
            "rank",
            "authority",
            "further_roles",
            "concerns",
            "concern_note",
            "stance",
            "reports_to",
            "phone",
            "email",
            "further_phones",
            "further_emails",
            "wechat",
            "is_primary",
            "notes",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("created_at", "updated_at", "version")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Somebody reports to another person at the same customer."""
        attrs = super().validate(attrs)
        superior, row = attrs.get("reports_to"), self.instance
        customer = attrs["customer"].pk if "customer" in attrs else getattr(row, "customer_id", None)
        if superior is not None and (superior.customer_id != customer or superior == row):
            raise serializers.ValidationError({"reports_to": [_("Choose another person at the same customer.")]})
        return attrs

    def validate_customer(self, value: Customer) -> Customer:
        """A contact stays with its customer."""
        if self.instance is not None and value.pk != self.instance.customer_id:
            raise serializers.ValidationError(_("A contact can't move to another customer."))
        return value


class InteractionSerializer(MaskedSerializer):
    customer = ScopedKey(Customer, "interaction.add")
    contact = ScopedKey(Contact, allow_null=True, required=False)
    occurred_at = Moment(required=False)
    captured_at = Moment(required=False, allow_null=True)
    next_step = serializers.RegexField(
        NEXT_STEP,
        write_only=True,
        required=False,
        error_messages={"invalid": _("Write plan, none, 1, 3, 7, 30 (days) or a date such as 2026-12-01.")},
    )
    next_time = serializers.TimeField(write_only=True, required=False, allow_null=True)
    next_purpose = serializers.CharField(write_only=True, required=False, allow_blank=True, max_length=200)
    next_assignee = ScopedKey(User, write_only=True, required=False, allow_null=True)

    check_in = serializers.ChoiceField(CheckInState.choices, allow_blank=True, read_only=True)

    class Meta:
        model = Interaction
        fields = (
            "id",
            "customer",
            "contact",
            "user",
            "kind",
            "direction",
            "automatic",
            "occurred_at",
            "captured_at",
            "received_at",
            "result",
            "mood",
            "summary",
            "needs_found",
            "objection",
            "change_found",
            "participants",
            "place",
            "minutes",
            "late",
            "late_reason",
            "corrected_at",
            "check_in",
            "next_step",
            "next_time",
            "next_purpose",
            "next_assignee",
            "version",
        )
        read_only_fields = ("user", "automatic", "received_at", "late", "corrected_at", "version")
        extra_kwargs: ClassVar[dict[str, Any]] = {"minutes": {"max_value": 24 * 60}, "summary": {"max_length": 10_000}}

    def validate_occurred_at(self, value: Any) -> Any:
        """Not in the future."""
        if value > clock.now():
            raise serializers.ValidationError(_("The activity can't lie in the future. Choose a time up to now."))
        return value

    def validate_next_assignee(self, value: User | None) -> User | None:
        """Only people who are here."""
        if value is not None and not value.is_active:
            raise serializers.ValidationError(_("%(name)s is no longer active.") % {"name": value.name})
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The contact belongs to the customer; only a note among colleagues has no result; a correction leaves the
        customer and the next step as they are."""
        attrs = super().validate(attrs)
        entry = self.instance
        if entry is not None:
            fixed = [name for name in attrs if name not in CORRECTABLE and attrs[name] != getattr(entry, name, None)]
            if fixed:
                raise serializers.ValidationError({name: [FIXED] for name in fixed})
        note = attrs.get("kind", getattr(entry, "kind", "")) == InteractionKind.NOTE
        result = attrs.get("result", "" if note else getattr(entry, "result", ""))
        if note is bool(result):
            raise serializers.ValidationError({"result": [NOTE_WITHOUT if note else RESULT_MISSING]})
        contact, customer = attrs.get("contact"), attrs.get("customer") or getattr(entry, "customer", None)
        if contact is not None and customer is not None and contact.customer_id != customer.pk:
            raise serializers.ValidationError({"contact": [_("This contact belongs to another customer.")]})
        return attrs
