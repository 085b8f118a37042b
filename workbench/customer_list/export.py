"""The customer list as a file: the whole of each file that the person may read, and on a second sheet the contacts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from accounts.masking import masked
from core.contributions import ExportColumn
from customers import completeness
from customers.consents.rule import withdrawn
from customers.models import CATALOGUES, Consent, Contact, Customer, CustomerFacts, PriceSensitivity, facts_of
from segmentation import catalogue
from ui import formatting
from ui.exports import Export, Sheet
from ui.listing import Asked
from workbench.customer_list.rows import bought_by_month


@dataclass(frozen=True)
class FileRow:
    """A masked customer; `year`: what was bought in twelve months as the list shows it, None without an order.

    `referred_by` is empty where that customer is out of the reader's reach.
    """

    customer: Customer
    facts: CustomerFacts
    year: int | None
    referred_by: str

    @property
    def pk(self) -> int:
        return self.customer.pk


@dataclass(frozen=True)
class ConsentRow:
    """A statement about messages at a masked customer; `withdrawn_at` of a consent that was taken back."""

    customer: Customer
    consent: Consent
    withdrawn_at: datetime | None

    @property
    def pk(self) -> int:
        return int(self.consent.pk)


def _draw(asked: Asked, customers: Sequence[Customer]) -> Iterable[FileRow]:
    sums = bought_by_month(asked.user, list(customers))
    referrers = {customer.referred_by_id for customer in customers}
    seen = Customer.objects.for_user(asked.user).filter(pk__in=referrers - {None})
    names = dict(seen.values_list("pk", "name"))
    for customer in customers:
        bought = sums.get(customer.pk)
        yield FileRow(
            customer,
            facts_of(customer),
            sum(bought.values()) if bought else None,
            names.get(customer.referred_by_id or 0, ""),
        )


def _contacts(asked: Asked, customers: Sequence[Customer]) -> Iterable[Contact]:
    by_id = {customer.pk: customer for customer in customers}
    rows = Contact.objects.for_user(asked.user).filter(customer__in=by_id).select_related("reports_to")
    place = {pk: at for at, pk in enumerate(by_id)}
    for contact in sorted(rows, key=lambda row: (place[row.customer_id], not row.is_primary, row.pk)):
        contact.customer = by_id[contact.customer_id]
        yield masked(asked.user, contact)


def _load(rows: QuerySet[Customer]) -> QuerySet[Customer]:
    rows = rows.select_related("facts", "owner", "service_owner", "team", *CATALOGUES)
    return completeness.with_percentage(rows.defer("search_tokens").prefetch_related("tags"))


def _field(name: str, *, masks: bool = False, kept: bool = False) -> ExportColumn:
    """A column of the file as its form calls it; the list has one of the same name."""
    field: Any = Customer._meta.get_field(name)
    masked_as = name if masks else ""
    return ExportColumn(field.verbose_name, lambda row: getattr(row.customer, name), masked_as, key=name, kept=kept)


def _name_of(name: str, head: Any, *, masks: bool = False) -> ExportColumn:
    """The name of what a customer leads to."""

    def value(row: FileRow) -> str:
        found = getattr(row.customer, name)
        return found.name if found else ""

    return ExportColumn(head, value, name if masks else "", key=name)


_SENSITIVITY = dict(PriceSensitivity.choices)  # get_..._display hashes all choices for each row

CUSTOMER_COLUMNS = (
    _field("number", kept=True),
    _field("name", kept=True),
    ExportColumn(_("kind"), lambda row: row.customer.get_kind_display()),
    _field("phone", masks=True),
    _field("phone2", masks=True),
    _field("wechat", masks=True),
    _field("email", masks=True),
    _field("email2", masks=True),
    ExportColumn(_("further phones"), lambda row: ", ".join(row.customer.further_phones), "further_phones"),
    ExportColumn(_("further e-mails"), lambda row: ", ".join(row.customer.further_emails), "further_emails"),
    _field("address", masks=True),
    _field("region"),
    ExportColumn(_("tier"), lambda row: getattr(catalogue.tier_of(row.customer), "name", ""), key="tier"),
    ExportColumn(_("lifecycle"), lambda row: row.facts.lifecycle_word, key="lifecycle"),
    ExportColumn(_("stage"), lambda row: row.customer.get_stage_display(), key="stage"),
    _name_of("owner", _("owner")),
    _name_of("service_owner", _("service owner")),
    _name_of("team", _("team")),
    _name_of("channel", _("source channel")),
    ExportColumn(_("tags"), lambda row: ", ".join(tag.name for tag in row.customer.tags.all())),
    ExportColumn(_("last activity"), lambda row: row.facts.last_contact_at, key="contact"),
    ExportColumn(_("next follow-up"), lambda row: row.facts.next_follow_up_on, key="next"),
    ExportColumn(_("12 months"), lambda row: row.year, money=True, key="sales"),
    ExportColumn(_("first order"), lambda row: row.facts.first_order_on, key="first_order"),
    ExportColumn(_("last order"), lambda row: row.facts.last_order_on, key="last_order"),
    ExportColumn(_("orders so far"), lambda row: row.facts.orders_total, key="orders"),
    ExportColumn(_("churn warning"), lambda row: row.facts.get_warning_display(), key="warning"),
    ExportColumn(_("open complaints"), lambda row: row.facts.open_complaints, key="complaints"),
    ExportColumn(_("do not contact"), lambda row: row.customer.do_not_contact),
    ExportColumn(_("sex"), lambda row: row.customer.get_gender_display() if row.customer.gender else ""),
    ExportColumn(_("birthday"), lambda row: row.customer.birthday_words),
    *map(_field, ("occupation", "hobbies")),
    _name_of("industry", _("industry")),
    _name_of("company_size", _("company size")),
    _field("business_scope"),
    _name_of("market_standing", _("market standing")),
    *map(_field, ("market_position", "growth", "credit_code", "founded_on")),
    _name_of("income_band", _("income band"), masks=True),
    *(_field(name, masks=True) for name in ("spending_habits", "personality", "communication_style")),
    _name_of("decision_style", _("decision style"), masks=True),
    ExportColumn(
        _("price sensitivity"),
        lambda row: str(_SENSITIVITY.get(row.customer.price_sensitivity, "")),
        "price_sensitivity",
    ),
    ExportColumn(_("what decides a purchase"), lambda row: ", ".join(row.customer.reason_words), "reasons"),
    ExportColumn(_("referred by"), lambda row: row.referred_by),
    _field("notes"),
    ExportColumn(_("completeness (%)"), lambda row: getattr(row.customer, completeness.PATH), key="complete"),
    ExportColumn(_("made on"), lambda row: row.customer.created_at, key="created"),
)


def _superior(row: Contact) -> str:
    above = row.reports_to
    return above.name if above is not None and above.deleted_at is None else ""


CONTACT_COLUMNS = (
    ExportColumn(_("customer number"), lambda row: row.customer.number),
    ExportColumn(_("customer"), lambda row: row.customer.name),
    ExportColumn(pgettext_lazy("of a person", "name"), lambda row: row.name),
    ExportColumn(_("main contact"), lambda row: row.is_primary),
    ExportColumn(_("position"), lambda row: row.position),
    ExportColumn(_("rank"), lambda row: row.rank),
    ExportColumn(_("decision authority"), lambda row: row.get_authority_display() if row.authority else ""),
    ExportColumn(_("further parts"), lambda row: formatting.listed([word for _role, word in row.role_words[1:]])),
    ExportColumn(_("what matters to them"), lambda row: formatting.listed(row.concern_words)),
    ExportColumn(_("what exactly"), lambda row: row.concern_note),
    ExportColumn(_("stance"), lambda row: row.get_stance_display() if row.stance else ""),
    ExportColumn(_("reports to"), _superior),
    ExportColumn(_("phone"), lambda row: row.phone, "phone"),
    ExportColumn(_("WeChat"), lambda row: row.wechat, "wechat"),
    ExportColumn(_("e-mail"), lambda row: row.email, "email"),
    ExportColumn(_("further phones"), lambda row: ", ".join(row.further_phones), "further_phones"),
    ExportColumn(_("further e-mails"), lambda row: ", ".join(row.further_emails), "further_emails"),
    ExportColumn(_("notes"), lambda row: row.notes),
)


def _consents(asked: Asked, customers: Sequence[Customer]) -> Iterable[ConsentRow]:
    by_id = {customer.pk: customer for customer in customers}
    rows = Consent.objects.for_user(asked.user).filter(customer__in=by_id, undone_at=None)
    found: dict[int, list[Consent]] = {}
    for row in rows.select_related("contact", "user").order_by("at", "pk"):
        found.setdefault(row.customer_id, []).append(row)
    for pk, customer in by_id.items():
        gone = withdrawn(found.get(pk, ()))
        for row in found.get(pk, ()):
            by = gone.get(row.pk)
            yield ConsentRow(customer, row, by.at if by else None)


CONSENT_COLUMNS = (
    ExportColumn(_("customer number"), lambda row: row.customer.number),
    ExportColumn(_("customer"), lambda row: row.customer.name),
    ExportColumn(_("contact person"), lambda row: row.consent.contact.name if row.consent.contact else ""),
    ExportColumn(_("what they said"), lambda row: str(_("agreed") if row.consent.allowed else _("refused"))),
    ExportColumn(_("channel"), lambda row: row.consent.get_channel_display() if row.consent.channel else ""),
    ExportColumn(_("purpose"), lambda row: row.consent.get_topic_display() if row.consent.topic else ""),
    ExportColumn(_("legal basis"), lambda row: row.consent.get_basis_display() if row.consent.basis else ""),
    ExportColumn(_("text and version"), lambda row: row.consent.text_version),
    ExportColumn(_("how we know"), lambda row: row.consent.get_source_display()),
    ExportColumn(_("proof"), lambda row: "" if row.consent.source == Consent.Source.LINK else row.consent.proof),
    ExportColumn(_("when"), lambda row: row.consent.at),
    ExportColumn(_("withdrawn on"), lambda row: row.withdrawn_at),
)
EXPORT = Export(
    permission="customer.export",
    audit_act="customer.export",
    home="customer_list",
    page="customer_export",
    title=_("Customers"),
    counted=lambda n: ngettext("%(n)s customer", "%(n)s customers", n) % {"n": f"{n:,}"},
    load=_load,
    sheets=(
        Sheet(_("Customers"), Customer, CUSTOMER_COLUMNS, _draw),
        Sheet(_("Contacts"), Contact, CONTACT_COLUMNS, _contacts),
        Sheet(_("Consents"), Consent, CONSENT_COLUMNS, _consents),
    ),
    parts="customers",
    ticked=True,
)
