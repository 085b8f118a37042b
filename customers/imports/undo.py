"""What imports make and change of customers, and how it is taken back: customers, contacts, tags, channels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import uuid5

from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import User
from core.contributions import CustomerTouch, registry
from customers.imports.columns import CONTACT_TEXTS, FURTHER
from customers.imports.newcomers import handover_of
from customers.imports.recorded import CHANGED, CONSENT, CONTACT, CUSTOMER, ENTRIES, TAG, TAG_LINK
from customers.models import (
    CATALOGUES,
    CatalogueRow,
    Channel,
    CompanySize,
    Consent,
    Contact,
    Customer,
    CustomerShare,
    DecisionStyle,
    ImportedCustomer,
    IncomeBand,
    Industry,
    Interaction,
    MarketStanding,
    Tag,
)
from customers.services.facts import tokens_refresh
from customers.services.owners import customer_transfer
from intake.kinds import kind_of
from intake.models import ImportedRow, ImportJob
from intake.parts import ALONG, BEYOND, USED, CataloguePart, Look, Part, Stay, lock_rows

OWNER_OFF = "owner_off"


def beyond_reach(look: Look, model: Any, rows: QuerySet[ImportedRow], permission: str) -> Iterable[Stay]:
    """Recorded rows on which the person doesn't hold the permission (any more)."""
    if look.by is not None:
        reach = model.all_objects.for_user(look.by, permission).order_by().values("pk")
        outside = rows.exclude(row_id__in=reach).values_list("row_id", flat=True)
        yield from (Stay(pk, BEYOND) for pk in outside)


def not_own_to_delete(look: Look, model: Any, what: str, permission: str) -> Iterable[Stay]:
    """Rows that the import made: its sender takes them back, and else who may delete them by hand."""
    if look.by is None or look.by.pk == look.job.user_id:
        return ()
    return beyond_reach(look, model, look.recorded(what, made=True), permission)


class CustomerPart(Part):
    """New customers go with what belongs to them; changed ones get their old values and their owner back."""

    rows = CUSTOMER
    model = Customer
    made_words = back_words = kept_words = ngettext_lazy("%(n)s customer", "%(n)s customers", "n")
    columns = CHANGED
    customers = "pk"
    references = (
        *((f"{name}_id", model._meta.db_table) for name, model in CATALOGUES.items()),
        ("service_owner_id", "accounts_user"),
        ("referred_by_id", "customers_customer"),
    )
    reasons: ClassVar[dict[str, Any]] = {OWNER_OFF: gettext_lazy("the owner before is no longer active")}

    def touched(self, look: Look) -> Iterable[Stay]:
        yield from not_own_to_delete(look, Customer, self.what, "customer.delete")
        yield from beyond_reach(look, Customer, look.recorded(self.what, made=False), "customer.change")
        made = look.of(self.what, made=True)
        for touch in registry().customer_touches.values():
            yield from _found(touch, look, made)
        off = list(User.objects.filter(is_active=False).values_list("pk", flat=True))
        given_by = look.recorded(self.what, made=False).filter(before__owner_id__in=off)
        owners = dict(given_by.values_list("row_id", "before__owner_id"))
        rows = Customer.all_objects.filter(pk__in=owners).values_list("pk", "owner_id")
        yield from (Stay(pk, OWNER_OFF) for pk, owner in rows if owner != owners[pk])

    def say(self, why: str) -> str:
        touch = registry().customer_touches.get(why)
        return str(touch.words) if touch else super().say(why)

    def names(self, ids: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
        rows = Customer.all_objects.for_user(user).filter(pk__in=ids).values_list("pk", "name", "deleted_at")
        return {pk: (name, "" if binned else reverse("customer", args=[pk])) for pk, name, binned in rows}

    def lock(self, ids: Sequence[int]) -> None:
        """Facts first: whoever logs something or enters an order writes them before the customer."""
        lock_rows("customers_customerfacts", ids, "customer_id")
        super().lock(ids)

    def put_back(self, look: Look, ids: Sequence[int]) -> None:
        super().put_back(look, ids)
        before: dict[int, Any] = {row.row_id: row.before for row in look.recorded(self.what).filter(row_id__in=ids)}
        stored = {row.pk: row for row in Customer.all_objects.filter(pk__in=ids)}
        moved = [pk for pk, row in stored.items() if row.owner_id != before[pk]["owner_id"]]
        people = User.objects.select_related("team").in_bulk({before[pk]["owner_id"] for pk in moved} - {None})
        handover = uuid5(handover_of(look.job), "undo")  # of a file, too: it isn't listed among hand-overs
        for pk in sorted(moved):
            old = before[pk]
            reason = _("import taken back")
            customer_transfer(
                customer=stored[pk],
                to=people.get(old["owner_id"]),
                by=look.by,
                reason=reason,
                keep_shares=True,
                handover=handover,
            )
            Customer.all_objects.filter(pk=pk).update(service_owner_id=old["service_owner_id"])
            there = User.objects.filter(pk__in=old["shares"]).values_list("pk", flat=True)
            CustomerShare.objects.bulk_create(
                [CustomerShare(customer_id=pk, user_id=user) for user in there], ignore_conflicts=True
            )

    def finish(self, job: ImportJob) -> None:
        """The lists of what the import brought show what is left of it."""
        left = Q(pk__in=())
        for part in kind_of(job.kind).undo:
            if part.customers:
                rows = ImportedRow.objects.filter(job=job, what=part.what).values("row_id")
                left |= Q(**{f"{part.customers}__in": rows})
        stay = Customer.all_objects.filter(left, imports__job=job).values("pk")
        ImportedCustomer.objects.filter(job=job).exclude(customer__in=stay).delete()


def _found(touch: CustomerTouch, look: Look, customers: Any) -> Iterable[Stay]:
    """The customers that have such rows, each once with who made one of them and when."""
    for way in (touch.customer, *touch.also):
        yield from _found_by(way, touch, look, customers)


def _found_by(way: str, touch: CustomerTouch, look: Look, customers: Any) -> Iterable[Stay]:
    rows = touch.rows().filter(**{f"{way}__in": customers})
    if touch.part:
        mine = ImportedRow.objects.filter(job=look.job, what=touch.part, row_id=OuterRef("pk"), before__isnull=True)
        if touch.version:
            mine = mine.filter(mark=Cast(OuterRef("version"), CharField()))
        if not look.ahead:
            mine = mine.filter(kept__isnull=True)
        rows = rows.filter(~Exists(mine))
    by = F(f"{touch.by}__name") if touch.by else Value("", output_field=CharField())
    at = F(touch.at) if touch.at else Value(None, output_field=DateTimeField())
    found = rows.order_by(way, "pk").distinct(way)
    for pk, name, moment in found.values_list(way, by, at):
        yield Stay(pk, touch.model, name or "", moment)


class OfCustomer(Part):
    """Rows that belong to a customer: with one that the import made they go or stay."""

    def along(self, look: Look) -> Iterable[Stay]:
        """Those whose customer is new with the import."""
        new = ImportedRow.objects.filter(job=look.job, what=CUSTOMER.what, before__isnull=True).values("row_id")
        mine: Any = self.model._base_manager.filter(
            customer_id__in=new, pk__in=look.recorded(self.what).values("row_id")
        )
        for pk in mine.values_list("pk", flat=True):
            yield Stay(pk, ALONG)


class ContactPart(OfCustomer):
    rows = CONTACT
    model = Contact
    made_words = back_words = kept_words = ngettext_lazy("%(n)s contact person", "%(n)s contact persons", "n")
    columns = (*CONTACT_TEXTS.values(), *FURTHER, "reports_to_id")
    customers = "contacts"
    references = (("reports_to_id", "customers_contact"),)
    reasons: ClassVar[dict[str, Any]] = {USED: gettext_lazy("appears in the log or as somebody's superior")}

    def judge(self, look: Look) -> tuple[dict[int, Stay], set[int]]:
        found, gone = super().judge(look)
        # Whether one of a new customer was changed is said of the customer.
        return found | {stay.row_id: stay for stay in self.along(look)}, gone

    def touched(self, look: Look) -> Iterable[Stay]:
        yield from not_own_to_delete(look, Contact, self.what, "contact.delete")
        yield from beyond_reach(look, Contact, look.recorded(self.what, made=False), "contact.change")
        made = look.of(self.what, made=True)
        here = ImportedRow.objects.filter(job=look.job, what=self.what).values("row_id")
        for model, field in ((Interaction, "contact"), (Contact, "reports_to")):
            rows: Any = model.all_objects.filter(**{f"{field}__in": made})
            if model is Contact:  # whom the import itself lets report to them gets back what was
                rows = rows.exclude(pk__in=here)
            yield from (Stay(pk, USED) for pk in rows.values_list(field, flat=True).distinct())

    def names(self, ids: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
        rows = Contact.all_objects.for_user(user).filter(pk__in=ids).values_list("pk", "name", "customer_id")
        return {pk: (name, reverse("customer", args=[customer])) for pk, name, customer in rows}

    def take_back(self, look: Look) -> Any:
        ids = list(look.ids or ())
        customers = set(Contact.all_objects.filter(pk__in=ids).values_list("customer_id", flat=True))
        counts = super().take_back(look)
        tokens_refresh(customers)
        return counts


class TagLinkPart(OfCustomer):
    rows = TAG_LINK
    model = Customer.tags.through
    made_words = kept_words = ngettext_lazy("%(n)s tag at a customer", "%(n)s tags at customers", "n")

    def touched(self, look: Look) -> Iterable[Stay]:
        yield from self.along(look)


class ConsentPart(OfCustomer):
    rows = CONSENT
    model = Consent
    made_words = kept_words = ngettext_lazy("%(n)s consent or refusal", "%(n)s consents or refusals", "n")

    def touched(self, look: Look) -> Iterable[Stay]:
        yield from self.along(look)


class TagPart(CataloguePart):
    rows = TAG
    model = Tag
    made_words = kept_words = ngettext_lazy("%(n)s tag", "%(n)s tags", "n")

    def names(self, ids: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
        return {pk: (name, "") for pk, name in Tag.objects.filter(pk__in=ids).values_list("pk", "name")}


class EntryPart(CataloguePart):
    """Entries of one catalogue."""

    model: ClassVar[type[CatalogueRow]]

    def names(self, ids: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
        return {row.pk: (row.name, "") for row in self.model.rows().filter(pk__in=ids)}


class ChannelPart(EntryPart):
    rows = ENTRIES[Channel]
    model = Channel
    made_words = kept_words = ngettext_lazy("%(n)s channel", "%(n)s channels", "n")
    images = (("customer", "channel_id"), ("order", "channel_id"))


class IndustryPart(EntryPart):
    rows = ENTRIES[Industry]
    model = Industry
    made_words = kept_words = ngettext_lazy("%(n)s industry", "%(n)s industries", "n")
    images = (("customer", "industry_id"),)


class SizePart(EntryPart):
    rows = ENTRIES[CompanySize]
    model = CompanySize
    made_words = kept_words = ngettext_lazy("%(n)s company size", "%(n)s company sizes", "n")
    images = (("customer", "company_size_id"),)


class StandingPart(EntryPart):
    rows = ENTRIES[MarketStanding]
    model = MarketStanding
    made_words = kept_words = ngettext_lazy("%(n)s market standing", "%(n)s market standings", "n")
    images = (("customer", "market_standing_id"),)


class IncomePart(EntryPart):
    rows = ENTRIES[IncomeBand]
    model = IncomeBand
    made_words = kept_words = ngettext_lazy("%(n)s income band", "%(n)s income bands", "n")
    images = (("customer", "income_band_id"),)


class StylePart(EntryPart):
    rows = ENTRIES[DecisionStyle]
    model = DecisionStyle
    made_words = kept_words = ngettext_lazy("%(n)s decision style", "%(n)s decision styles", "n")
    images = (("customer", "decision_style_id"),)


CHANNEL_PART = ChannelPart()
ENTRY_PARTS = (CHANNEL_PART, IndustryPart(), SizePart(), StandingPart(), IncomePart(), StylePart())
CUSTOMER_PARTS = (CustomerPart(), ContactPart(), ConsentPart(), TagLinkPart(), TagPart(), *ENTRY_PARTS)
CUSTOMER_PERMISSIONS = ("customer.delete", "customer.change")
