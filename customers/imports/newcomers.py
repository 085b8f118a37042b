"""New customers from files, made in bulk with what belongs to them: contact, facts, search words, owner history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock, events
from core.phones import normal_phone
from customers.imports.recorded import CONTACT, CUSTOMER
from customers.models import Contact, Customer, CustomerFacts, ImportedCustomer, OwnerChange
from customers.services.facts import derived
from customers.stages import stage_after
from intake import record
from intake.models import ImportJob

HOME = ("customer_list", _("To the customers"))


@dataclass(frozen=True)
class NewCustomer:
    """What an order file says about a customer that isn't there yet. `contact` = a person at a company."""

    number: str
    kind: str
    name: str
    contact: str = ""
    phone: str = ""
    email: str = ""
    region: str = ""
    owner: User | None = None
    bought_on: date | None = None
    source: str = "import"


def remember(job: ImportJob, customer_ids: Iterable[int], *, made: bool = False) -> None:
    """Keep which customers the import has made, or else changed."""
    rows = [ImportedCustomer(job=job, customer_id=pk, made=made) for pk in customer_ids]
    ImportedCustomer.objects.bulk_create(rows, ignore_conflicts=True)


def known_before(job: ImportJob, customer_ids: Collection[int]) -> set[int]:
    """Those of the customers that were there before the import."""
    made = ImportedCustomer.objects.filter(job=job, customer_id__in=customer_ids, made=True)
    return set(customer_ids).difference(made.values_list("customer_id", flat=True))


def brought_by(job: ImportJob) -> list[tuple[Any, str]]:
    """(words, address) of the lists of customers that the import made and changed, as far as there are any."""
    kinds = (
        set(ImportedCustomer.objects.filter(job=job).values_list("made", flat=True).distinct())
        if job.started_at
        else set()
    )
    listed = reverse("customer_list") if kinds else ""
    ways = ((True, "new", _("New customers")), (False, "changed", _("Changed customers")))
    return [(words, f"{listed}?view=all&import={job.pk}&brought={way}") for made, way, words in ways if made in kinds]


def create(new: Sequence[NewCustomer], *, by: User | None, job: ImportJob) -> int:
    """Make these customers with tokens, facts, contacts and assignment history; returns how many were new."""
    numbers = [row.number for row in new]
    there = set(Customer.all_objects.filter(number__in=numbers).values_list("number", flat=True))
    missing = [row for row in new if row.number not in there]
    today = clock.business_date()
    Customer.all_objects.bulk_create([_customer(row, today, by) for row in missing], ignore_conflicts=True)
    made = Customer.all_objects.in_bulk([row.number for row in missing], field_name="number")
    finish_new(list(made.values()), by=by, job=job)
    remember(job, [row.pk for row in made.values()], made=True)
    record.made(job, CUSTOMER, [row.pk for row in made.values()])
    contacts = Contact.all_objects.bulk_create(
        Contact(
            customer=made[row.number],
            name=row.contact[:80],
            phone=normal_phone(row.phone),
            email=row.email,
            is_primary=True,
            created_by=by,
            updated_by=by,
        )
        for row in missing
        if row.contact
    )
    record.made(job, CONTACT, [contact.pk for contact in contacts])
    return len(missing)


def _customer(row: NewCustomer, today: date, by: User | None) -> Customer:
    stage, since = stage_after(row.bought_on, today)
    at_company = bool(row.contact)
    customer = Customer(
        number=row.number,
        kind=row.kind,
        name=row.name[:160],
        phone="" if at_company else normal_phone(row.phone),
        email="" if at_company else row.email,
        region=row.region,
        owner=row.owner,
        team=getattr(row.owner, "team", None),
        stage=stage,
        stage_since=since,
        source=row.source,
        created_by=by,
        updated_by=by,
    )
    people = [{"name": row.contact, "phone": row.phone, "email": row.email}] if at_company else []
    for name, value in derived(customer, people).items():
        setattr(customer, name, value)
    return customer


def handover_of(job: ImportJob) -> UUID:
    """What an import gives to people is one hand-over, however many batches it takes."""
    return uuid5(NAMESPACE_OID, f"import:{job.pk}")


def is_of_file(handover: UUID) -> bool:
    """Whether an import gave these customers: such ids are derived from it (version 5), those of people are drawn."""
    return handover.version == 5


def finish_new(customers: Sequence[Customer], *, by: User | None, job: ImportJob) -> None:
    """Facts and assignment history of customers that were just made in bulk; their owners are told."""
    CustomerFacts.objects.bulk_create([CustomerFacts(customer_id=row.pk) for row in customers], ignore_conflicts=True)
    given = [OwnerChange(customer=row, by=by, to_user=row.owner, handover=handover_of(job)) for row in customers]
    OwnerChange.objects.bulk_create(given)
    events.publish("customers_handed_over", changes=given, by=by)
