"""Capture forms: kept by the company, filled in by strangers, decided by people where it isn't plain whom they mean.

A stranger's word changes no file that stands: it makes a new one, or waits until a person says that it belongs there.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, doors
from core.notices import tell
from core.versions import save_version
from customers import selectors
from customers.duplicates.matching import Typed, twins
from customers.models import (
    WAYS,
    CaptureForm,
    Consent,
    Customer,
    Interaction,
    InteractionKind,
    InteractionResult,
    Kind,
    Registration,
    Topic,
)
from customers.services.consents import consent_record
from customers.services.files import customer_create
from customers.services.interactions import interaction_log
from customers.services.tags import customers_tag
from customers.wordings.choosing import read_by

CAPTURE_ACTS = ("capture_form.create", "capture_form.change", "capture_form.close", "capture_form.open")
REGISTERED = "registered"  # the notice of one that waits
State = Registration.State


class FormClosedError(Exception):
    """The form takes nothing any more."""


class DecidedError(Exception):
    """Somebody else was faster; the text says so."""

    def __init__(self) -> None:
        super().__init__(_("This registration has been decided already. Look at it again."))


# --- the company keeps its forms -------------------------------------------------------------------------------------
@transaction.atomic
def capture_form_add(*, by: User, **given: Any) -> CaptureForm:
    """A new page for strangers, open at once."""
    made = CaptureForm.objects.create(created_by=by, updated_by=by, **given)
    audit.record("capture_form.create", by=by, on=made)
    return made


@transaction.atomic
def capture_form_change(*, row: CaptureForm, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Written over `version`: StaleVersionError when somebody was faster. What was sent keeps the words it saw."""
    save_version(row, changes, version=version, by=by)
    audit.record("capture_form.change", by=by, on=row, fields=sorted(changes))


@transaction.atomic
def capture_form_set_open(*, row: CaptureForm, is_open: bool, by: User) -> None:
    """Take no more, or take some again; twice does no harm."""
    if CaptureForm.objects.filter(pk=row.pk, is_open=not is_open).update(is_open=is_open):
        audit.record("capture_form.open" if is_open else "capture_form.close", by=by, on=row)


# --- a stranger sends one --------------------------------------------------------------------------------------------
@transaction.atomic
def register(
    *, form: CaptureForm, key: uuid.UUID, answers: Mapping[str, str], agreed: bool, language: str, shown: str
) -> Registration:
    """Take what was sent, once by `key`: a new file, or a registration that waits at the customer it may be of.

    `answers`: cleaned texts by name; `shown`: the words of privacy and consent beside them. FormClosedError where the
    form was closed meanwhile.
    """
    # One at a time for each form: a person who sends two pages makes one file.
    form = CaptureForm.objects.select_for_update().get(pk=form.pk)
    before = Registration.all_objects.filter(key=key).first()  # unscoped: the page's own key says which
    if before is not None:
        return before
    if not takes(form):
        raise FormClosedError
    known = _who_it_may_be(form, answers)
    with doors.through(doors.FORM):
        customer = known or _new_file(form, answers, owner=form.owner, by=None)
        made = Registration.all_objects.create(
            form=form,
            key=key,
            at=clock.now(),
            language=language,
            answers=dict(answers),
            agreed=agreed,
            shown=shown,
            state=State.WAITING if known else State.NEW,
            customer=customer,
        )
        audit.record("registration.arrive", on=made, customer=customer.pk)
        if known:
            _tell(made, customer)
        elif agreed:
            _agree(made, customer, by=None)
    return made


def takes(form: CaptureForm) -> bool:
    """Whether the form takes anything today, in the company's zone."""
    return form.is_open and (form.closes_on is None or form.closes_on >= clock.business_date())


def _who_it_may_be(form: CaptureForm, answers: Mapping[str, str]) -> Customer | None:
    """The customer most alike. Companies go by their name too; persons of one name are many."""
    name = answers["name"] if form.kind == Kind.COMPANY else ""
    typed = Typed(name, [answers.get("phone", "")], [answers.get("email", "")], region=answers.get("region", ""))
    return next((twin.customer for twin in twins(typed)), None)


def _new_file(form: CaptureForm, answers: Mapping[str, str], *, owner: User | None, by: User | None) -> Customer:
    fields: dict[str, Any] = {name: answers.get(name, "") for name in (*WAYS, "region", "address", "occupation")}
    made = customer_create(
        by=by,
        name=answers["name"],
        owner=owner if owner and owner.is_active else None,
        channel=form.channel,
        kind=form.kind,
        contact_name=answers.get("contact_name", ""),
        notes=answers.get("message", ""),
        **fields,
    )
    if form.tag is not None and form.tag.is_active:
        customers_tag(customer_ids=[made.pk], tag=form.tag, by=by)
    return made


def _agree(registration: Registration, customer: Customer, *, by: User | None) -> None:
    """What they agreed to, with the page as its proof."""
    wording = read_by(registration)
    itself = _("Form “%(form)s”, version %(version)s")
    words = {"form": registration.form.name[:40], "version": registration.form.version}
    consent_record(
        customer=customer,
        allowed=True,
        by=by,
        source=Consent.Source.FORM,
        topic=Topic.MARKETING,
        proof=_("Form “%(form)s”, registration %(number)s")
        % {"form": registration.form.name, "number": registration.pk},
        text_version="" if wording else itself % words,
        wording=wording,
        language=registration.language,
        at=registration.at,
    )


def _tell(registration: Registration, customer: Customer) -> None:
    """The owner hears that somebody who may be this customer has written."""
    tell(
        user=customer.owner,
        kind=REGISTERED,
        key=f"registered:{registration.pk}",
        source_id=registration.pk,
        customer=customer,
        numbers={"form": registration.form_id},
        url=selectors.registration_page(registration),
    )


# --- a person decides ------------------------------------------------------------------------------------------------
@transaction.atomic
def registration_join(*, registration: Registration, by: User) -> Interaction:
    """It was this customer: what they wrote stands in the log, what they agreed to counts. The file stays as it is."""
    waiting = _decided(registration, State.JOINED, by=by)
    customer = waiting.customer
    entry = interaction_log(
        customer=customer,
        by=by,
        kind=InteractionKind.OTHER,
        direction=Interaction.Direction.IN,
        result=InteractionResult.REACHED,
        occurred_at=waiting.at,
        summary=_said(waiting),
    )
    if waiting.agreed and not customer.do_not_contact:
        _agree(waiting, customer, by=by)
    return entry


@transaction.atomic
def registration_new_file(*, registration: Registration, by: User) -> Customer:
    """It was somebody else: a file of their own, with the form's owner, else with `by`."""
    waiting = _decided(registration, State.NEW, by=by)
    made = _new_file(waiting.form, waiting.answers, owner=waiting.form.owner or by, by=by)
    Registration.all_objects.filter(pk=waiting.pk).update(customer=made)
    if waiting.agreed:
        _agree(waiting, made, by=by)
    return made


@transaction.atomic
def registration_drop(*, registration: Registration, by: User) -> None:
    """It was nobody: a test, a joke, an advertisement."""
    _decided(registration, State.DROPPED, by=by)


def _decided(registration: Registration, state: str, *, by: User) -> Registration:
    """The stored one, decided in this transaction; DecidedError for whoever comes second."""
    # Without its customer: who waits here for another decision would look for the customer of before beside the row.
    # unscoped: the caller came through the door of this row
    waiting = Registration.all_objects.select_for_update().get(pk=registration.pk)
    if waiting.state != State.WAITING:
        raise DecidedError
    waiting.state, waiting.decided_by, waiting.decided_at = state, by, clock.now()
    waiting.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record("registration.decide", by=by, on=waiting, customer=waiting.customer_id, registration_state=state)
    return waiting


def _said(registration: Registration) -> str:
    """For the log, which doesn't mask: numbers and addresses stay with the registration."""
    words = {"form": registration.form.name, "name": registration.name}
    said = _("“%(name)s” filled in the form “%(form)s”.") % words
    return f"{said}\n{registration.answers['message']}" if registration.answers.get("message") else said
