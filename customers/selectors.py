"""Reads of customer files; the asking person comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import pgettext

from accounts import audit
from accounts.access import row_for
from accounts.limits import LimitReachedError
from accounts.masking import mask_value, masked, masked_all, masked_copy, may_read
from accounts.models import User
from accounts.scope import ScopedQuerySet, reach_of
from core.composed import composed
from core.numbers import number
from core.phones import all_callable
from customers import required
from customers.addresses import dead_in_files
from customers.duplicates.matching import Twin, Typed, twins
from customers.models import (
    Alike,
    CatalogueRow,
    Channel,
    Contact,
    Customer,
    CustomerMerge,
    CustomerShare,
    Interaction,
    Registration,
    Tag,
)
from customers.search import BAD_PHONE, guess_count, searched, whole_numbers

HINT_ACT = "customer.duplicate_hint"


def customers_for(user: User, action: str = "view", **narrowed: Any) -> ScopedQuerySet:
    """Customers in reach, without the columns that only search needs; `own` and `pool` narrow as in for_user."""
    return Customer.objects.for_user(user, action, **narrowed).defer("search_tokens")


def customers_found(user: User, text: str) -> ScopedQuerySet:
    """Customers in reach that meet what was typed, by the words this person may search by."""
    return searched(customers_for(user), user, text)


def customer_for(user: User, pk: int, action: str = "view") -> Customer:
    """One customer with its facts, owner and channel; 404 or 403 like accounts.access.row_for. Not yet masked."""
    rows = Customer.objects.select_related(
        "facts", "owner", "service_owner", "channel", "team", "referred_by", "created_by", "updated_by"
    )
    return row_for(rows.defer("search_tokens"), user, pk, action)


def decides_on(user: User, customer: Customer) -> bool:
    """Whether `user` says who else works on this file: its owner, the owner's leads, who may change every file."""
    return reach_of(user).holds(customer, "customer.change", by="owner")


def entry_to_correct(user: User, pk: int | str) -> Interaction:
    """A log entry that `user` may put right: one's own wherever one may log, those of others by a right of its own,
    and none that came by itself. 404 or 403 like row_for."""
    rows = Interaction.objects.select_related("customer").defer("customer__search_tokens")
    entry = row_for(rows, user, pk)
    if entry.automatic:
        raise PermissionDenied
    return row_for(rows, user, pk, "add" if entry.user_id == user.pk else "change")


def contacts_of(user: User, customer: Customer) -> list[Contact]:
    """The contacts as `user` may read them, main contact first."""
    rows = _contacts(user, pk=customer.pk)
    for row in rows:
        row.customer = customer
    return masked_all(user, rows)


@composed
def _contacts(user: User, *, pk: int) -> QuerySet[Contact]:
    rows = Contact.objects.for_user(user).select_related("reports_to")
    return rows.filter(customer=pk).order_by("-is_primary", "id")


def is_reached(customer: Customer) -> bool:
    """Whether some contact person of this customer has a phone, an e-mail or WeChat."""
    ways = ~Q(phone="") | ~Q(email="") | ~Q(wechat="")
    return Contact.objects.filter(ways, customer=customer).exists()


def contact_for(user: User, pk: int, action: str = "view") -> Contact:
    """One contact with its customer and the customer's facts."""
    return row_for(Contact.objects.select_related("customer__facts", "customer__owner"), user, pk, action)


def shared_with(user_id: int) -> QuerySet[CustomerShare, int]:
    """Ids of the customers that are shared with this person, for the row scope."""
    return CustomerShare.objects.filter(user_id=user_id).values_list("customer_id", flat=True)


def shares_of(customer: Customer) -> list[User]:
    """The colleagues with whom the customer is shared."""
    ids = CustomerShare.objects.filter(customer_id=customer.pk).values_list("user_id", flat=True)
    return list(User.objects.filter(pk__in=ids).order_by("name_sort", "pk"))


def colleagues(user: User) -> QuerySet[User]:
    """Active people whose names `user` may see: possible collaborators."""
    return User.objects.for_user(user).filter(is_active=True).order_by("name_sort", "id")


def known_colleagues(user: User) -> QuerySet[User]:
    """Those and who left and still holds customers: what lists are narrowed by."""
    holds = Exists(Customer.objects.filter(owner=OuterRef("pk")))  # unscoped: says of a name in reach that it is needed
    return User.objects.for_user(user).filter(Q(is_active=True) | holds).order_by("name_sort", "id")


def name_of(person: User) -> str:
    """As lists of owners offer somebody: who left is marked."""
    return person.name if person.is_active else f"{person.name} · {pgettext('of a person', 'left')}"


def possible_owners(user: User) -> QuerySet[User]:
    """Those of them who work on customers: an auditor reads all and could do nothing for one of their own."""
    return colleagues(user).filter(role__grants__permission="customer.change")


def entries(model: type[CatalogueRow]) -> QuerySet[Any]:
    """Those of a catalogue in use, in the company's order: what forms offer."""
    return model.rows().filter(is_active=True).order_by("position", "id")


def known_entries(model: type[CatalogueRow]) -> QuerySet[Any]:
    """Those and the retired ones, which customers may still have: what lists are narrowed by."""
    return model.rows().filter(merged_into=None).order_by("-is_active", "position", "id")


def referrers(user: User) -> ScopedQuerySet:
    """Customers that may have referred another one: of the pool nobody is told who knows whom."""
    return customers_for(user, pool=False)


def channels() -> QuerySet[Channel]:
    """Active source channels."""
    return entries(Channel)


def known_channels() -> QuerySet[Channel]:
    """Those and the retired ones, which customers and orders may still have."""
    return known_entries(Channel)


def tags() -> QuerySet[Tag]:
    """Those in use: what forms offer."""
    return Tag.objects.filter(is_active=True).order_by("name")


def known_tags() -> QuerySet[Tag]:
    """Those and the retired ones, which customers may still have: what lists are narrowed by."""
    return Tag.objects.filter(merged_into=None).order_by("-is_active", "name")


# --- data quality ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class BadPhone:
    """A number that can't be called, as the person may read it; `contact` None = the customer's own."""

    field: str
    shown: str
    contact: Contact | None = None


UNCALLABLE = Q(search_tokens__contains=[BAD_PHONE])  # a phone number, or a contact's, is no possible one


def quality_rows(user: User) -> ScopedQuerySet:
    """Customers in reach whose files this person can look after: the pool's belong to nobody."""
    return customers_for(user, pool=False).select_related("owner", "facts")


def with_contacts(rows: ScopedQuerySet) -> ScopedQuerySet:
    """Each with `has_contact` and `contact_reached`, which `required.missing_of` asks for."""
    return rows.annotate(has_contact=required.contacts_of_row(), contact_reached=required.contact_reached())


def completeness_of(user: User, customer: Customer) -> tuple[int, list[str]]:
    """How much of what is asked for the file holds, of 100, and what it lacks, as the person reads it."""
    people = Contact.objects.filter(customer=customer).exists()
    shown = masked_copy(user, customer)
    missing = required.missing_of(shown, has_contact=people, reached=people and is_reached(customer))
    return required.percent_of(customer, missing), missing


def incomplete(user: User) -> ScopedQuerySet:
    """Customers in reach whose file lacks something that the company asks for."""
    return customers_for(user, pool=False).filter(required.incomplete(user))


def dead_mails_of(user: User, customers: Sequence[Customer]) -> dict[int, list[str]]:
    """The addresses of these customers from which mail came back, as the person may read them."""
    by_id, found = {row.pk: row for row in customers}, dict[int, list[str]]()
    for pk, email in dead_in_files().filter(customer__in=by_id).order_by("-at").values_list("customer", "email"):
        whole = may_read(user, by_id[pk], "email")
        found.setdefault(pk, []).append(email if whole else mask_value("email", email))
    return found


def bad_phones_of(user: User, customers: Sequence[Customer]) -> dict[int, list[BadPhone]]:
    """The numbers of these customers that can't be called, as the person may read them."""
    found: dict[int, list[BadPhone]] = {row.pk: [] for row in customers}
    by_id = {row.pk: row for row in customers}
    for contact in Contact.objects.for_user(user).filter(customer__in=by_id).order_by("pk"):
        contact.customer = by_id[contact.customer_id]
        bad = [n for n, number in enumerate(contact.phones) if not all_callable(number)]
        seen = masked(user, contact) if bad else contact
        found[contact.customer_id] += [BadPhone("phone", seen.phones[n], seen) for n in bad]
    for customer in customers:
        names = [name for name in ("phone", "phone2") if not all_callable(getattr(customer, name))]
        shown = masked_copy(user, customer)
        numbers = zip(customer.further_phones, shown.further_phones, strict=True)
        further = [BadPhone("further_phones", read) for number, read in numbers if not all_callable(number)]
        found[customer.pk][:0] = [*(BadPhone(name, getattr(shown, name)) for name in names), *further]
    return found


# --- recycle bin -----------------------------------------------------------------------------------------------------
def binned_for(user: User) -> QuerySet[Customer]:
    """Deleted customers that `user` may restore: those they deleted; for leads and administrators all in reach."""
    gone = Customer.all_objects.filter(deleted_at__isnull=False).select_related("facts", "owner", "deleted_by")
    # What went up in another file comes back by the undo of that.
    gone = gone.exclude(Exists(CustomerMerge.objects.filter(gone_id=OuterRef("pk"), undone_at=None)))
    mine, reached = gone.filter(deleted_by=user), gone.for_user(user, "delete")
    return reached | mine if reach_of(user).beyond_own("customer.delete") else reached & mine


def binned_customer(user: User, pk: int) -> Customer:
    """One of them, else 404."""
    found = binned_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# --- duplicates ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Duplicates:
    """Customers that look like the one being typed: shown when in reach, else only whom to ask."""

    found: list[Twin] = field(default_factory=list)
    ask: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.found or self.ask)

    @property
    def in_reach(self) -> list[Customer]:
        """Those that the person may see, masked."""
        return [twin.customer for twin in self.found]


def duplicates_of(
    user: User,
    *,
    name: str = "",
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    credit_code: str = "",
    region: str = "",
    exclude: int | None = None,
    again: bool = False,
    name_alone: bool = True,
) -> Duplicates:
    """Same name, phone number, e-mail or credit code, in any spelling. For customers out of reach only the owner's
    name, so often a day, on record; `again`: whom the person was told in the last day isn't counted once more.

    Also here a phone number completes a masked one, so it counts as a search for it; beyond that limit only the name
    is compared. A masked address is compared with nothing. Without `name_alone` who has nothing but a person's name in
    common isn't asked about.
    """
    asked = list(phones)
    try:
        for digits in {digits for phone in asked for digits in whole_numbers(phone)}:
            guess_count(user, digits, pool=True)
    except LimitReachedError:
        asked = []
    typed = Typed(name, asked, list(emails), credit_code, region)
    same = [twin for twin in twins(typed) if twin.customer.pk != exclude and (name_alone or twin.by_more_than_a_name)]
    ids = [twin.customer.pk for twin in same]
    visible = set(Customer.objects.for_user(user).filter(pk__in=ids).values_list("pk", flat=True))
    shown = [_as_read(user, twin) for twin in same if twin.customer.pk in visible]
    elsewhere = [twin.customer for twin in same if twin.customer.pk not in visible]
    return Duplicates([twin for twin in shown if twin], _whom_to_ask(user, elsewhere, again=again))


def _as_read(user: User, twin: Twin) -> Twin | None:
    """Masked, and as if a masked address hadn't been compared; None where nothing else is alike."""
    row, alike = twin.customer, twin.alike
    if Alike.EMAIL in alike and not may_read(user, row, "email"):
        alike -= {Alike.EMAIL}
    return Twin(masked(user, row), alike) if alike - {Alike.PLACE} else None


def registration_page(registration: Registration) -> str:
    """Where a person decides about it."""
    return reverse("registration", args=[registration.pk])


def hints_of_today(user: User, model: type[Model] = Customer) -> set[int]:
    """Rows of `model` out of reach that the person was shown in the last day, to be called inside a transaction."""
    hints = audit.last_day_of(user, HINT_ACT).filter(object_type=model._meta.label_lower)
    return {pk for pk in hints.values_list("object_id", flat=True) if pk is not None}


@transaction.atomic
def _whom_to_ask(user: User, elsewhere: list[Customer], *, again: bool) -> list[str]:
    """Owners' names, a few times a day (`hints_a_day`): else it would be a way to ask for anybody's phone number."""
    if not elsewhere:
        return []
    told = hints_of_today(user) if again else set()
    new = [row for row in elsewhere if row.pk not in told]
    if new and audit.last_day_of(user, HINT_ACT).count() >= number("hints_a_day"):
        new, elsewhere = [], [row for row in elsewhere if row.pk in told]
    for row in new:
        audit.record(HINT_ACT, by=user, on=row)
    return sorted({row.owner.name for row in elsewhere if row.owner})


def owned_count(user: User, owner: User) -> int:
    """How many customers of `owner` the reader may give to somebody else."""
    return Customer.objects.for_user(user, "assign").filter(owner=owner).count()


def owned_by(people: Sequence[int]) -> dict[int, int]:
    """{person: customers} of those who have any."""
    rows = Customer.objects.filter(owner__in=people).order_by().values("owner_id")
    return {row["owner_id"]: row["n"] for row in rows.annotate(n=Count("pk"))}
