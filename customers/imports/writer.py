"""Writes what the rows of a customer file have come to: new customers, filled cells over known ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock, company
from customers.imports.catalogues import entry_ensure
from customers.imports.columns import CONTACT_TEXTS
from customers.imports.consents import write_consents
from customers.imports.matcher import Matcher
from customers.imports.newcomers import finish_new, handover_of, remember
from customers.imports.owners import Owners
from customers.imports.recorded import CHANGED, CONTACT, CUSTOMER, TAG, TAG_LINK
from customers.imports.rows import SKIPPED, Match, Row, filled, without_repeats
from customers.imports.staged import note, staged_batch
from customers.kinds import usual_kind
from customers.models import CATALOGUES, Contact, Customer, Kind, Stage, Tag
from customers.services.facts import contacts_for_tokens, derived
from customers.services.files import numbers_next
from customers.services.owners import customer_transfer
from intake import record, stage
from intake.kinds import Run
from intake.models import ImportJob


def write_customers(run: Run) -> Iterator[None]:
    """Make and change customers in batches; a row that comes again in the file changes what the first one made."""
    # The row from which on the dry run looked up nobody any more; without a dry run all rows are looked up.
    stop = run.job.counts.get("looked_up_to", run.job.next_row + 1 if run.user else None)
    matcher = Matcher(run, stop=stop, locking=True)
    while rows := staged_batch(run, run.job.cursor):
        with transaction.atomic():
            stage.write_alone()
            counts = _write(run, rows, matcher)
            run.move(cursor=rows[-1].row_no, counts=run.counted(**counts))
        yield


def _write(run: Run, rows: list[Row], matcher: Matcher) -> dict[str, int]:
    counts = {"customers_created": 0, "updated": 0, "unchanged": 0}
    left_out = 0
    owners, usual = Owners.of(run.job), usual_kind(company.company_now())
    while rows:
        first, rows = without_repeats(rows)
        matches = matcher(first)
        for match in matches:
            note(run, match)
        kept = [match for match in matches if not match.reason and not match.skipped]
        left_out += sum(match.skipped for match in matches)
        for match in kept:  # entries that rows name for the first time
            for field, model in CATALOGUES.items():
                if match.changes.get(f"{field}_id", 0) is None:
                    match.changes[f"{field}_id"] = entry_ensure(model, match.data[field], run.job).pk
        new, known = [m for m in kept if m.customer is None], [m for m in kept if m.customer is not None]
        _make(run, new, owners, usual)
        changed = _change(run, known)
        counts["customers_created"] += len(new)
        counts["updated"] += changed
        counts["unchanged"] += len(known) - changed
    return counts | ({SKIPPED: left_out} if left_out else {})


def _make(run: Run, matches: Sequence[Match], owners: Owners, usual: Kind) -> None:
    """New customers with their contacts, tags, facts and tokens; owners in turn by the row's place in the file.

    Where a row doesn't say the kind it is `usual`.
    """

    def claimed(numbers: Sequence[str]) -> set[str]:
        """Those of the numbers that rows of the file give to their customers."""
        text = f"SELECT data->>'number' FROM {stage.name(run.job)} WHERE read AND data->>'number' = ANY(%s)"  # noqa: S608
        return {number for (number,) in stage.rows(text, [list(numbers)])}

    numberless = sum(not match.data.get("number") for match in matches)
    numbers = iter(numbers_next(numberless, claimed=claimed))
    made: list[Customer] = []
    for match in matches:
        owner = match.owner or owners.pick(match.row_no - 1)
        customer = Customer(number=match.data.get("number") or next(numbers), owner=owner)
        customer.team = getattr(owner, "team", None)
        customer.kind = Kind.COMPANY if match.data.get("contact_name") else usual
        customer.name = customer.number
        customer.source, customer.stage, customer.stage_since = (
            run.job.source,
            Stage.FIRST_CONTACT,
            clock.business_date(),
        )
        customer.created_by = customer.updated_by = run.user
        for name, value in {**filled(match.data), **match.changes}.items():
            setattr(customer, name, value)
        match.customer, made = customer, [*made, customer]
        contact = {model: match.data.get(name, "") for name, model in CONTACT_TEXTS.items()}
        _derive(customer, [contact] if match.data.get("contact_name") else [])
    Customer.all_objects.bulk_create(made)
    finish_new(made, by=run.user, job=run.job)
    remember(run.job, [customer.pk for customer in made], made=True)
    record.made(run.job, CUSTOMER, [customer.pk for customer in made])
    _write_contacts(run, matches)
    _write_tags(run.job, matches)
    write_consents(run, matches)


def _change(run: Run, matches: Sequence[Match]) -> int:
    """The filled cells over what is stored; returns how many customers really changed."""
    changed: list[Customer] = []
    known = [match.customer.pk for match in matches if match.customer is not None]
    record.before(run.job, CUSTOMER, known)
    touching = [match for match in matches if match.touches_file]
    _write_tags(run.job, touching)
    _write_contacts(run, touching)
    write_consents(run, touching)
    contacts = contacts_for_tokens(known)
    moved: set[int] = set()
    for match in matches:
        customer = match.customer
        if customer is None:
            continue
        if match.touches_file:
            for name, value in match.changes.items():
                setattr(customer, name, value)
            _derive(customer, contacts[customer.pk])
            customer.version += 1
            customer.updated_at, customer.updated_by = clock.now(), run.user
            changed.append(customer)
        if match.owner is not None:
            customer_transfer(
                customer=customer, to=match.owner, by=run.user, reason=_("import"), handover=handover_of(run.job)
            )
            moved.add(customer.pk)
    Customer.all_objects.bulk_update(changed, (*CHANGED, "version", "updated_at", "updated_by"), batch_size=200)
    touched = moved | {customer.pk for customer in changed}
    remember(run.job, touched)
    record.after(run.job, CUSTOMER, known)
    return len(touched)


def _derive(customer: Customer, contacts: Sequence[Mapping[str, str]]) -> None:
    for name, value in derived(customer, contacts).items():
        setattr(customer, name, value)


def _write_contacts(run: Run, matches: Sequence[Match]) -> None:
    """The contact persons of the rows."""
    wanted = [match for match in matches if match.contact_changes]
    known = [match.contact.pk for match in wanted if match.contact]
    record.before(run.job, CONTACT, known)
    new = [match for match in wanted if match.contact is None]
    rows = Contact.all_objects.filter(customer__in=[match.customer for match in new], deleted_at=None)
    have = set(rows.values_list("customer_id", flat=True))
    made = Contact.all_objects.bulk_create(
        Contact(
            customer=match.customer,
            created_by=run.user,
            updated_by=run.user,
            is_primary=match.customer is not None and match.customer.pk not in have,
            **match.contact_changes,
        )
        for match in new
    )
    for match in wanted:
        if match.contact is not None:
            stamps = {"version": match.contact.version + 1, "updated_by": run.user, "updated_at": clock.now()}
            Contact.all_objects.filter(pk=match.contact.pk).update(**match.contact_changes, **stamps)
    record.made(run.job, CONTACT, [contact.pk for contact in made])
    record.after(run.job, CONTACT, known)


def _write_tags(job: ImportJob, matches: Sequence[Match]) -> None:
    """Tags are added, never taken away."""
    links = []
    for match in matches:
        assert match.customer is not None
        for name in match.tags:
            tag = Tag.objects.select_related("merged_into").filter(name__iexact=name).first()
            if tag is None:
                tag = Tag.objects.create(name=name)
                record.made(job, TAG, [tag.pk])
            tag = tag.merged_into or tag
            links.append(Customer.tags.through(customer_id=match.customer.pk, tag_id=tag.pk))
    # Those that are there already come back without an id.
    pairs = {(link.customer_id, link.tag_id) for link in links}
    if pairs:
        rows = Customer.tags.through.objects.filter(customer_id__in={customer for customer, _tag in pairs})
        there = set(rows.values_list("customer_id", "tag_id"))
        Customer.tags.through.objects.bulk_create(
            [link for link in links if (link.customer_id, link.tag_id) in pairs - there], ignore_conflicts=True
        )
        new = [pk for pk, *pair in rows.values_list("pk", "customer_id", "tag_id") if tuple(pair) in pairs - there]
        record.made(job, TAG_LINK, new)
