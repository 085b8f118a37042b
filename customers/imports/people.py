"""New customers from files, in bulk: who owns them, what is derived from them, and whom an uploader may reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from zlib import crc32

from django.db.models import F, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.names import normal_name
from accounts.phones import normal_mobile
from accounts.scope import ALL, reach_of
from accounts.services import team_by_path
from core import clock
from customers.identity import email_key, name_key, tidy
from customers.imports.kinds import ImportRefusedError
from customers.imports.values import BadCellError
from customers.models import Channel, Contact, Customer, CustomerFacts, ImportedCustomer, ImportJob, OwnerChange
from customers.phones import normal_phone
from customers.services.facts import derived
from customers.stages import stage_after

ROUND_ROBIN, TEAM_ID, USER_ID = "round-robin:", "team:", "user:"


# --- who -------------------------------------------------------------------------------------------------------------
def possible_owner_rows(user: Any) -> QuerySet[User]:
    """Active people to whom `user` may give customers; None = a command, which may give to everybody."""
    active = User.objects.filter(is_active=True)
    people = ALL if user is None else reach_of(user).people("customer.assign") or (user.pk,)
    return active if people is ALL else active.filter(pk__in=people)


def reps_of(team: Team) -> list[User]:
    """The active reps of a team and below, in e-mail order."""
    reps = User.objects.filter(team__path__startswith=team.path, is_active=True, role__code="rep")
    return list(reps.select_related("team").order_by(F("email").asc(nulls_last=True), "pk"))


class PossibleOwners:
    """The people to whom a sender may give customers, by what a file may call them: e-mail, mobile or name."""

    def __init__(self, rows: Iterable[User]) -> None:
        self._called: dict[str, list[User]] = {}
        for row in rows:
            for key in set(_called(row)):
                self._called.setdefault(key, []).append(row)

    @classmethod
    def of(cls, user: User | None) -> PossibleOwners:
        """Those of `user` as of now; None = a command."""
        return cls(possible_owner_rows(user).select_related("team"))

    def find(self, text: str) -> User:
        """The person; BadCellError when there is none of this name, or more than one."""
        found = self._called.get(_person_key(text), [])
        if not found:
            raise BadCellError(
                _("there is no active person %(name)s to whom you may give customers. Write e-mail, mobile or name.")
                % {"name": text}
            )
        if len(found) > 1:
            raise BadCellError(
                _("several people are called %(name)s. Write the e-mail or mobile number.") % {"name": text}
            )
        return found[0]


def is_called(person: User | None, text: str) -> bool:
    """Whether a file that writes `text` means this person."""
    return person is not None and _person_key(text) in _called(person)


def _called(person: User) -> list[str]:
    names = (person.email and email_key(person.email), person.mobile, name_key(person.name))
    return [name for name in names if name]


def _person_key(text: str) -> str:
    if "@" in text:
        return email_key(text)
    return normal_mobile(text) or name_key(text)


class Owners:
    """Deals out new customers: to a named person first, then to one person, or a team's reps in turn, or nobody."""

    def __init__(self, turn: Sequence[User | None], named: PossibleOwners) -> None:
        self._turn = turn
        self._named = named

    @classmethod
    def of(cls, job: ImportJob) -> Owners:
        """From the job's option `owner`; ImportRefusedError when nobody fits it."""
        return cls(owner_turn(job.options.get("owner", ""), job.user), PossibleOwners.of(job.user))

    def pick(self, index: int, named: str | None = "") -> User | None:
        """The owner of the `index`-th new customer (from 0)."""
        if named:
            with suppress(BadCellError):  # gone since the row was read
                return self._named.find(named)
        return self._turn[index % len(self._turn)]


def owner_turn(option: str, user: Any = None) -> list[User | None]:
    """The people of `EMAIL` or `round-robin:TEAM` (pages say `user:ID`, `team:ID`).

    `user` limits whom it may name. Without an option customers go to the pool, or to somebody who may not assign any.
    """
    if not option:
        return [None] if user is None or user.can("customer.assign") else [user]
    allowed = set(possible_owner_rows(user).values_list("pk", flat=True))
    found = _team_reps(option) if option.startswith((ROUND_ROBIN, TEAM_ID)) else [_person(option)]
    outside = [person for person in found if person.pk not in allowed]
    if outside:
        raise ImportRefusedError(_("You may not give customers to %(name)s.") % {"name": outside[0].name})
    return list(found)


def _team_reps(option: str) -> list[User]:
    path = option.removeprefix(ROUND_ROBIN)
    if option.startswith(TEAM_ID):
        team = Team.objects.filter(pk=option.removeprefix(TEAM_ID)).first()
        path = getattr(team, "name", "")
    else:
        team = team_by_path(path)
    if team is None:
        raise ImportRefusedError(
            _("There is no team %(team)s, or several have this name: give its path, such as East/Shanghai.")
            % {"team": path}
        )
    reps = reps_of(team)
    if not reps:
        raise ImportRefusedError(_("The team %(team)s has no active sales rep.") % {"team": path})
    return reps


def _person(email: str) -> User:
    rows = User.objects.filter(is_active=True).select_related("team")
    if email.startswith(USER_ID):
        found = rows.filter(pk=email.removeprefix(USER_ID)).first()
    else:
        found = rows.filter(email=normal_name(email)).first()
    if found is None:
        raise ImportRefusedError(_("There is no active person with the e-mail %(email)s.") % {"email": email})
    return found


def reach_sql(user: Any, permission: str = "order.add") -> tuple[str, Sequence[Any]] | None:
    """(SQL of the customer ids, parameters) on which `user` holds the permission; None = all of them."""
    if user is None or reach_of(user).everywhere(permission):
        return None
    rows = Customer.all_objects.for_user(user, permission).order_by().values("pk")
    if rows.query.is_empty():
        return "SELECT 0", ()
    return rows.query.sql_with_params()


# --- channels --------------------------------------------------------------------------------------------------------
def may_make_channels(user: Any) -> bool:
    """Whether unknown channels of a file become new ones."""
    return user is None or user.can("channel.add")


def may_write_products(user: Any) -> bool:
    """Whether products of an order file become or complete those of the catalogue."""
    return user is None or (user.can("product.add") and user.can("product.change"))


def channels_by_key() -> dict[str, Channel]:
    """All channels by code and by name in both languages, each in its one spelling."""
    rows = list(Channel.objects.order_by("-pk"))
    named = {name_key(name): row for row in rows for name in (row.name_en, row.name_zh) if name}
    return {name_key(row.code): row for row in rows} | named


def channel_ensure(name: str) -> Channel:
    """The channel of this code or name in either language, made if it is new: never one of another name."""
    wanted = tidy(name)[:80]
    known = channels_by_key().get(name_key(wanted))
    if known is not None:
        return known
    return Channel.objects.create(code=_free_code(wanted), name_en=wanted, name_zh=wanted)


def _free_code(name: str) -> str:
    """The name in Latin letters; what that would not tell apart (天猫APP, 京东APP) gets a figure of the whole name."""
    figure = f"{crc32(name_key(name).encode()):08x}"
    latin = slugify(name)[:31]
    plain = latin if latin and slugify(name, allow_unicode=True) == latin else ""
    codes = [code for code in (plain, f"{latin or 'channel'}-{figure}") if code]
    codes += [f"{codes[-1][:36]}-{n}" for n in range(2, 100)]
    taken = set(Channel.objects.filter(code__in=codes).values_list("code", flat=True))
    return next(code for code in codes if code not in taken)


# --- making ----------------------------------------------------------------------------------------------------------
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


def create(new: Sequence[NewCustomer], *, by: Any, job: ImportJob) -> int:
    """Make these customers with tokens, facts, contacts and assignment history; returns how many were new."""
    numbers = [row.number for row in new]
    there = set(Customer.all_objects.filter(number__in=numbers).values_list("number", flat=True))
    missing = [row for row in new if row.number not in there]
    today = clock.business_date()
    Customer.all_objects.bulk_create([_customer(row, today, by) for row in missing], ignore_conflicts=True)
    made = Customer.all_objects.in_bulk([row.number for row in missing], field_name="number")
    finish_new(list(made.values()), by=by)
    remember(job, [row.pk for row in made.values()], made=True)
    _add_contacts([(made[row.number], row) for row in missing if row.contact], by)
    return len(missing)


def _customer(row: NewCustomer, today: date, by: Any) -> Customer:
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


def finish_new(customers: Sequence[Customer], *, by: Any) -> None:
    """Facts and assignment history of customers that were just made in bulk."""
    CustomerFacts.objects.bulk_create([CustomerFacts(customer_id=row.pk) for row in customers], ignore_conflicts=True)
    OwnerChange.objects.bulk_create(OwnerChange(customer=row, by=by, to_user_id=row.owner_id) for row in customers)


def _add_contacts(pairs: Sequence[tuple[Customer, NewCustomer]], by: Any) -> None:
    Contact.all_objects.bulk_create(
        Contact(
            customer=customer,
            name=row.contact[:80],
            phone=normal_phone(row.phone),
            email=row.email,
            is_primary=True,
            created_by=by,
            updated_by=by,
        )
        for customer, row in pairs
    )
