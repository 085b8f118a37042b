"""Customers, contacts and interactions over the API."""

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError as FormError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.masking import is_pool_only, pool_shows
from accounts.rest.filters import (
    IdFilter,
    MomentFilter,
    OrderingBackend,
    SearchBackend,
    StrictFilterBackend,
    YesNoFilter,
)
from accounts.rest.paging import PARAMETERS
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import ApiRequest, Changes, Collection, Creates, Deletes, check_match
from accounts.scope import reach_of
from core.contributions import registry
from core.digits import whole_number
from customers import selectors, services
from customers.duplicates.moved import survivor_of
from customers.filters import CustomerFilter, filters_of_the_pool
from customers.models import (
    CATALOGUES,
    Contact,
    Customer,
    Interaction,
    InteractionKind,
    InteractionResult,
    OwnField,
)
from customers.own import filters as own
from customers.own import ordered
from customers.search import searched
from customers.serializers import AssignSerializer, ContactSerializer, CustomerSerializer, InteractionSerializer
from customers.services.interactions import CORRECTABLE
from customers.services.stages import facts_locked


class ContributedFilters:
    """Parameters by which apps above narrow customers."""

    def filter_queryset(self, request: ApiRequest, queryset: QuerySet, view: Any) -> QuerySet:
        """The customers that meet them."""
        for name, one in registry().customer_filters.items():
            text = request.query_params.get(name, "")
            if text:
                try:
                    queryset = one.narrow(request.user, queryset, one.read(request.user, text))
                except ValueError as error:
                    raise ValidationError({name: [str(error)]}) from error
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Each in OpenAPI."""
        known = registry().customer_filters.values()
        plain = {"in": "query", "required": False, "schema": {"type": "string"}}
        return [{"name": one.name, "description": one.words, **plain} for one in known]


class OwnFilters:
    """The company's own fields as parameters, as the list of customers has them."""

    def filter_queryset(self, request: ApiRequest, queryset: QuerySet, view: Any) -> QuerySet:
        """The customers that meet them."""
        asked = {name: text for name, text in request.query_params.items() if name.startswith(own.PREFIX) and text}
        offered = own.offered(request.user) if asked else {}
        for name, text in asked.items():
            one = offered[name]  # what isn't offered was refused before
            one.parent = view  # which knows the request, for choices of people
            try:
                queryset = one.filter(queryset, one.field.clean(text))
            except FormError as error:
                raise ValidationError({name: error.messages}) from error
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """None by name: each company has its own."""
        return []


FILE = ("facts", "owner", *CATALOGUES, "referred_by")


class CustomerViewSet(Creates, Changes, Deletes, Collection):
    """Customer files in reach; of the unassigned pool number, name, tier and region."""

    resource = "customer"
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    filter_backends = (StrictFilterBackend, ContributedFilters, OwnFilters, SearchBackend, OrderingBackend)
    matched_actions = ("assign",)
    ordering = ("id", "name_sort", "updated_at", "facts__last_contact_at", "facts__last_order_on", "facts__monetary")

    def further_parameters(self) -> tuple[str, ...]:
        """What apps above narrow by."""
        fake = getattr(self, "swagger_fake_view", False)
        own_names = () if fake or not getattr(self, "request", None) else own.offered(self.request.user)
        return (*registry().customer_filters, *own_names)

    def get_queryset(self) -> QuerySet:
        """The rows in reach; of the pool only while nothing is asked that it doesn't show."""
        asked = self.request.query_params
        public = {*PARAMETERS, "ordering", "search", *filters_of_the_pool(CustomerFilter)}
        sorted_by = asked.get("ordering", "id").lstrip("-")
        shows_pool = set(asked) <= public and pool_shows(Customer, sorted_by)
        rows = self.rows().for_user(self.request.user, pool=shows_pool)
        field = self._own_order()
        return ordered.with_value(rows, field) if field else rows

    def _own_order(self) -> OwnField | None:
        """The company's own field that the list goes by; as for the list of customers one that the sender reads of
        everybody in reach."""
        wanted = self.request.query_params.get("ordering", "").lstrip("-")
        if not wanted.startswith(own.PREFIX):
            return None
        return next((field for field in own.sorting(self.request.user) if field.field_name == wanted), None)

    def orders(self) -> list[str]:
        """With the company's own fields, which no description of the API can name."""
        if getattr(self, "swagger_fake_view", False):  # described where no database need be
            return super().orders()
        known = own.sorting(self.request.user) if getattr(self, "request", None) else ()
        return [*super().orders(), *(sign + field.field_name for field in known for sign in ("", "-"))]

    def order(self) -> tuple[str, ...]:
        """An own field stands in no column of its own."""
        field = self._own_order()
        if field is None:
            return super().order()
        sign = "-" if self.request.query_params["ordering"].startswith("-") else ""
        return (sign + ordered.path_of(field), f"{sign}pk")

    def rows(self) -> QuerySet:
        """Customers outside the recycle bin."""
        return Customer.objects.select_related(*FILE).prefetch_related("tags").defer("search_tokens")

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        """Name, initials, number, contact; phone and e-mail as far as the reader may read them."""
        return searched(rows, self.request.user, text)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One customer; who sees it in the pool only opens so many a day. One that was merged into another answers
        308 with the address of that one, as long as the reader sees it."""
        try:
            row = self.get_object()
        except Http404:
            number = whole_number(str(kwargs["pk"]))
            now = survivor_of(number) if number is not None else None
            if now is None or not self.get_queryset().filter(pk=now).exists():
                raise
            address = reverse("api:customer-detail", args=[now])
            return Response(status=status.HTTP_308_PERMANENT_REDIRECT, headers={"Location": address})
        if is_pool_only(self.request.user, row):
            services.pool_look(customer=row, by=self.request.user)
        return self.answer(row)

    def answer(self, row: Customer, code: int = status.HTTP_200_OK) -> Response:
        """The file with its ETag; of a pool customer one that doesn't count its changes."""
        tag = _pool_tag(row) if is_pool_only(self.request.user, row) else ""
        response = super().answer(row, code)
        if tag:
            response.headers["ETag"] = tag
        return response

    def ask(self, values: dict[str, Any]) -> None:
        """409 where somebody like that is there already, unless the sender has said that it is another one."""
        if values.pop("anyway", False):
            return
        known = selectors.duplicates_of(
            self.request.user,
            name=values["name"],
            phones=[*(values.get(name) or "" for name in ("phone", "phone2")), *values.get("further_phones", ())],
            emails=[*(values.get(name) or "" for name in ("email", "email2")), *values.get("further_emails", ())],
            credit_code=values.get("credit_code", ""),
            again=True,
            name_alone=False,
        )
        if known:
            raise Conflict(
                _("This customer may be there already. Send “anyway”: true if it is another one."),
                possible_duplicates=[
                    {
                        "id": twin.customer.pk,
                        "number": twin.customer.number,
                        "name": twin.customer.name,
                        "strength": twin.strength,
                        "reasons": twin.reasons,
                    }
                    for twin in known.found
                ],
                ask=known.ask,
            )

    def make(self, values: dict[str, Any]) -> Customer:
        """The sender owns the new file; people who serve the whole company put it into the pool."""
        user = self.request.user
        owner = None if reach_of(user).everywhere("customer.add") else user
        return services.customer_create(by=user, owner=owner, **values)

    def change(self, row: Customer, values: dict[str, Any]) -> None:
        """Write the file's fields."""
        values.pop("anyway", None)
        if values:
            services.customer_update(customer=row, changes=values, version=row.version, by=self.request.user)

    def remove(self, row: Customer) -> None:
        """Into the recycle bin."""
        try:
            services.customer_delete(customer=row, by=self.request.user)
        except services.CustomerNeededError as error:
            raise Conflict(str(error)) from error

    @extend_schema(request=AssignSerializer, responses=CustomerSerializer)
    @action(detail=True, methods=["post"], grant="customer.assign")
    def assign(self, request: ApiRequest, pk: str) -> Response:
        """Give the customer to somebody of one's team, or into the pool."""
        row = self.get_object()
        check_match(request, row, also=_pool_tag(row))
        body = AssignSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        to, wanted = None, body.validated_data["owner"]  # None: into the pool
        if wanted is not None:
            to = selectors.possible_owners(request.user).filter(pk=wanted).first()
            if to is None:
                raise ValidationError({"owner": [_("Choose an active person of your team who works on customers.")]})
        with transaction.atomic():
            self.hold(row)
            services.customer_transfer(
                customer=row,
                to=to,
                by=request.user,
                reason=body.validated_data["reason"],
                keep_shares=body.validated_data["keep_shares"],
            )
        return self.shown(row.pk)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], grant="customer.claim")
    def claim(self, request: ApiRequest, pk: str) -> Response:
        """Take a customer out of the unassigned pool; read it afterwards to see the whole file."""
        row = self.get_object()
        try:
            services.customer_claim(customer=row, by=request.user)
        except services.AlreadyOwnedError as error:
            raise Conflict(_("Somebody was faster: this customer has an owner now.")) from error
        except services.QuotaReachedError as error:
            raise Conflict(str(error)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], grant="customer.view")
    def follow(self, request: ApiRequest, pk: str) -> Response:
        """Hear of what happens with the customer, as long as one may see it. Repeating it changes nothing."""
        row = self.get_object()
        if is_pool_only(request.user, row):
            raise Conflict(_("A customer of the pool can't be followed. Claim it first."))
        services.customer_follow(customer=row, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], grant="customer.view")
    def unfollow(self, request: ApiRequest, pk: str) -> Response:
        """Hear no more of it. Repeating it changes nothing."""
        services.customer_unfollow(customer=self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _pool_tag(row: Customer) -> str:
    """An ETag that tells this version from others, but not how many there were."""
    return f'"{salted_hmac("pool customer", f"{row.pk}:{row.version}").hexdigest()[:20]}"'


class ContactFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    is_primary = YesNoFilter()
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gt")


class ContactViewSet(Creates, Changes, Deletes, Collection):
    """People at customers."""

    resource = "contact"
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    search_fields = ("name", "position")
    ordering = ("id", "name", "updated_at")

    def rows(self) -> QuerySet:
        """Contacts of customers outside the recycle bin."""
        return Contact.objects.select_related("customer__facts").defer("customer__search_tokens")

    def make(self, values: dict[str, Any]) -> Contact:
        """Add a contact."""
        return services.contact_add(by=self.request.user, **values)

    def change(self, row: Contact, values: dict[str, Any]) -> None:
        """Write the contact's fields; the customer stays."""
        changes = {name: value for name, value in values.items() if name != "customer"}
        if changes:
            services.contact_update(contact=row, changes=changes, version=row.version, by=self.request.user)

    def remove(self, row: Contact) -> None:
        """Into the recycle bin."""
        services.contact_delete(contact=row, by=self.request.user)


class InteractionFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    user = IdFilter(field_name="user")
    kind = django_filters.ChoiceFilter(choices=InteractionKind.choices)
    result = django_filters.ChoiceFilter(choices=InteractionResult.choices)
    late = YesNoFilter()
    occurred_from = MomentFilter(field_name="occurred_at", lookup_expr="gte")
    occurred_to = MomentFilter(field_name="occurred_at", lookup_expr="lt")


CORRECTS = ("update", "partial_update")


class InteractionViewSet(Creates, Changes, Deletes, Collection):
    """The log of contacts. Its author takes an entry back within ten minutes; later it is corrected, by its author or a
    lead: what happened, never the customer or what followed from it."""

    resource = "interaction"
    serializer_class = InteractionSerializer
    filterset_class = InteractionFilter
    search_fields = ("summary", "needs_found", "objection", "change_found", "participants")
    ordering = ("id", "occurred_at", "received_at")
    default_order: ClassVar[tuple[str, ...]] = ("-occurred_at", "-id")

    def rows(self) -> QuerySet:
        """Entries outside the recycle bin."""
        return Interaction.objects.select_related("customer").defer("customer__search_tokens")

    def permission(self) -> str:
        """Who logs may correct at least what is their own."""
        return "interaction.add" if self.action in CORRECTS else super().permission()

    def get_object(self) -> Interaction:
        """The entry; to correct it, only for who may."""
        if self.action in CORRECTS:
            return selectors.entry_to_correct(self.request.user, self.kwargs["pk"])
        return super().get_object()

    def hold(self, row: Interaction) -> None:
        """The customer before the entry, as everybody who writes both."""
        facts_locked([row.customer_id])
        super().hold(row)

    def make(self, values: dict[str, Any]) -> Interaction:
        """Log activity; `next_step` sets the next follow-up."""
        try:
            with transaction.atomic():  # a savepoint: a refusal leaves the request able to go on
                return services.interaction_log(by=self.request.user, **values)
        except ValueError as error:
            raise ValidationError({"next_step": [_("This day can't be the next step. Choose a later one.")]}) from error

    def change(self, row: Interaction, values: dict[str, Any]) -> None:
        """Correct what is said otherwise than it stands; the same once more is no correction."""
        said = {name: value for name, value in values.items() if name in CORRECTABLE}
        changes = {name: value for name, value in said.items() if value != getattr(row, name)}
        if changes:
            services.interaction_correct(interaction=row, changes=changes, version=row.version, by=self.request.user)

    def remove(self, row: Interaction) -> None:
        """Take one's own entry back."""
        try:
            services.interaction_undo(interaction=row, by=self.request.user)
        except services.UndoTooLateError as error:
            text = _("Only its author can take an entry back, within ten minutes. Correct it instead.")
            raise Conflict(text) from error
