"""Search over customers: the stored tokens and the filter that uses only what the asking person may read.

Token classes: n: name and number, c: contact names, p: whole phone numbers, t: last four digits, e: e-mail, f and a
number: the text of an own field. The one token x:phone marks customers with a number that can't be called; nobody finds
it by typing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import CharField, Func, Lookup, Q
from django.db.models.functions import Lower
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from accounts import limits, policy
from accounts.masking import mode_for
from accounts.models import User
from accounts.scope import Reach, ScopedQuerySet, reach_of
from core.numbers import number
from core.phones import all_callable, phone_digits, phone_keys, plain_number
from customers import words
from customers.models import Contact, Customer, OwnKind, own_fields

TAIL = 4
BAD_PHONE = "x:phone"
WHOLE_FROM = 7
TRIGRAM_FROM = 3
MAX_TERMS = 6
OWN_NUMBER = re.compile(r"k[0-9]+")
NAMED_UP_TO = 1000
OWN_SEARCHED = 200  # characters of an own text that are found
GUESSES = limits.Limit(
    audit_act="customer.number_search",
    most=0,  # as the company says
    within=timedelta(hours=1),
    text=_(
        "You have searched for %(n)s whole phone numbers within an hour. Search by name, customer number or the last"
        " four digits, or wait until %(when)s."
    ),
)


@CharField.register_lookup
class ILike(Lookup):
    """`column ILIKE pattern`: unlike icontains it can use a trigram index."""

    lookup_name = "ilike"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ILIKE {right}", [*left_params, *right_params]


def tokens_for(
    *,
    name: str,
    number: str,
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    contact_names: Iterable[str] = (),
    credit_code: str = "",
    own: Mapping[int, str] | None = None,
) -> list[str]:
    """The sorted tokens of one customer; `phones` and `emails` hold those of its contacts too, `own` the texts of the
    company's own fields by the field's id."""
    phones = list(phones)
    whole = words.normalized(number)[: words.LONGEST]
    short = whole.removeprefix("k").lstrip("0")  # K0000123 is also found as 123
    numbers = [whole, short] if short.isdecimal() else [whole]
    found = {f"n:{word}" for word in (*words.name_words(name), *numbers, words.normalized(credit_code)) if word}
    found |= {f"c:{word}" for contact in contact_names for word in words.name_words(contact)}
    for digits in (key for phone in phones for key in phone_keys(phone)):
        found |= {f"p:{digits[:40]}", f"t:{digits[-TAIL:]}"} if len(digits) >= TAIL else set()
    if not all(map(all_callable, phones)):
        found.add(BAD_PHONE)
    for address in map(words.normalized, emails):
        if "@" in address:  # found as a whole, and by what stands before the sign
            found |= {f"e:{word[:70]}" for word in (address, address.partition("@")[0]) if word}
    for pk, text in (own or {}).items():
        found |= {f"{own_class(pk)}:{word}" for word in words.name_words(text[:OWN_SEARCHED])}
    return sorted(found)


def own_class(pk: int) -> str:
    """The class of an own field's words: one for each, so that who reads it may change at any time."""
    return f"f{pk}"


def search_filter(user: User, text: str, names: Collection[str] = ()) -> Q:
    """The condition on Customer for what `user` typed; every word must be met. Empty text meets everything.

    Signs that stand alone (Marks & Spencer, 恒远 · 华东) are no words; nothing but signs meets nothing. `names` are
    digits that find no file by a phone number that it shows masked.

    Combine it with for_user: it says what may be searched by, not whose rows are in reach.
    """
    reader = _Reader(user, names)
    condition = Q()
    terms = [term for term in _terms(text) if words.pieces(term)][:MAX_TERMS]
    for term in terms:
        condition &= reader.term(term)
    return condition if terms or not text.strip() else _nothing()


def searched(rows: ScopedQuerySet, user: User, text: str) -> ScopedQuerySet:
    """`rows` narrowed to what `user` typed, ready to be sorted and cut into pages.

    LimitReachedError when somebody who reads phone numbers masked has asked for too many whole ones.
    Few hits are looked up first and named by id. The database knows no better than that any word is on every
    hundredth row; asked for the first 50 in some order it would walk through that order for a word that is on ten.
    """
    asked = whole_numbers(text)
    names = _names_among(user, asked)
    for digits in asked - names:
        guess_count(user, digits)
    found = rows.filter(search_filter(user, text, names))
    if not text:
        return found
    ids = list(found.order_by().values_list("pk", flat=True)[: NAMED_UP_TO + 1])
    return rows.filter(pk__in=ids) if len(ids) <= NAMED_UP_TO else found


def contact_filter(user: User, text: str) -> tuple[Q, list[str]]:
    """The condition on Customer for contacts that meet what `user` typed, and the words that each of them must meet.

    The tokens of all contacts stand together at their customer, so it is for the caller to look at each contact. Whole
    phone numbers count only where the person reads them in full: that completes none, so nothing has to be counted.
    """
    reader = _Reader(user, whole_numbers(text))
    terms = [term for term in _terms(text) if words.pieces(term)][:MAX_TERMS]
    condition = Q() if terms else _nothing()
    for term in terms:
        condition &= reader.contact(term)
    return condition, terms


def is_met_by(term: str, contact: Contact) -> bool:
    """Whether a typed word is part of a contact's name or its phone number, a tail or a whole one."""
    if words.meets(contact.name, term):
        return True
    digits = _phone_of(term)
    known = [key for number in contact.phones for key in phone_keys(number)] if digits else []
    return digits in known or (len(digits) == TAIL and any(key.endswith(digits) for key in known))


def _terms(text: str) -> list[str]:
    """The typed words; a phone number written with blanks or dashes is one word, two of them are two."""
    plain = words.normalized(plain_number(text)).replace("\x00", "")
    if not set(plain) - set("+0123456789 -()./,"):
        numbers = phone_keys(plain)
        if numbers and all(len(digits) >= WHOLE_FROM for digits in numbers):
            return numbers[:MAX_TERMS]
    return plain.split()


def whole_numbers(text: str) -> set[str]:
    """The digits of all typed words that may be a whole phone number."""
    return {digits for digits in map(_phone_of, _terms(text)) if len(digits) >= WHOLE_FROM}


def _phone_of(term: str) -> str:
    """The digits of a word that is looked for as a phone number: a tail or a whole one, else nothing.

    A customer number of ours is never one.
    """
    digits = phone_digits(term) if term[-1:].isdecimal() and not OWN_NUMBER.fullmatch(term) else ""
    return digits if len(digits) == TAIL or len(digits) >= WHOLE_FROM else ""


def _names_among(user: User, numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that stand in a customer's number or name, where `user` reads phones masked.

    They are no secret and aren't counted as guesses, so they must be none: anybody may name a customer by digits.
    """
    if not _Reader(user).guesses_phones():
        return set()
    known = Customer.objects.for_user(user)
    return {digits for digits in numbers if known.filter(search_tokens__contains=[f"n:{digits}"]).exists()}


def guess_count(user: User, digits: str, *, pool: bool = False) -> None:
    """Count that `user` asks whose number this is, if that could complete a masked one; LimitReachedError beyond.

    Whoever reads in full what they may find guesses nothing; with `pool` masked files of the pool are found too.
    """
    reader = _Reader(user)
    if reader.guesses_phones() or (pool and not reader.sees_all()):
        limits.count(replace(GUESSES, most=number("phone_searches_an_hour")), by=user)


class _Reader:
    """One person's reading rights, worked out once for all words of a query."""

    def __init__(self, user: User, names: Collection[str] = ()) -> None:
        self.user, self.names = user, names
        self.reach: Reach = reach_of(user)

    def term(self, term: str) -> Q:
        return self._name(term) | self._contact(term) | self._phone(term) | self._email(term) | self._own(term)

    def contact(self, term: str) -> Q:
        """What finds a contact of the customer."""
        return self._contact(term) | self._phone(term)

    def _name(self, term: str) -> Q:
        ways = words.query_words(term)
        found = _any_of("n", ways if [term] in ways else [*ways, [term[: words.LONGEST]]])
        for spelling in {term, words.folded(term)}:  # a word typed with accents may be stored without
            if len(spelling) >= TRIGRAM_FROM and spelling.isascii():
                literal = spelling.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
                found |= Q(name__ilike=f"%{literal}%")
        if self.sees_all():
            return found
        # The credit code stands among the names' tokens; of a customer in the pool it isn't shown.
        asked = {term, *(word for way in ways for word in way)}
        code = Lower(Func("credit_code", template="normalize(%(expressions)s, NFKC)", output_field=CharField()))
        return found & ~(Q(In(code, sorted(asked))) & self.reach.where(Customer, ["rest"]))

    def _contact(self, term: str) -> Q:
        """Contacts of pool customers aren't shown, so nobody finds them by a contact's name."""
        relations = policy.RELATIONS if self.sees_all() else ("own", "team")
        return _any_of("c", words.query_words(term)) & self.reach.where(Customer, relations)

    def _own(self, term: str) -> Q:
        """Texts of own fields, each for who reads it; of customers in the pool they aren't shown."""
        ways, found = words.query_words(term), _nothing()
        for field in own_fields():
            if field.kind == OwnKind.TEXT:
                seen = policy.RELATIONS if self.sees_all() else ("own", "team")
                relations = self._reads(field.readers, policy.FULL) if field.readers else seen
                found |= _any_of(own_class(field.pk), ways) & self.reach.where(Customer, relations)
        return found

    def _phone(self, term: str) -> Q:
        """Masked numbers are found by their shown tail or by who knows them anyway, hidden ones never."""
        digits = _phone_of(term)
        if not digits:
            return _nothing()
        token = f"t:{digits}" if len(digits) == TAIL else f"p:{digits[:40]}"
        modes = (policy.FULL,) if digits in self.names else (policy.FULL, policy.MASK)
        return Q(search_tokens__contains=[token]) & self.reach.where(Customer, self._reads("phone", *modes))

    def guesses_phones(self) -> bool:
        """Whether a number may find a file that shows it masked."""
        return self._reads("phone", policy.FULL) != self._reads("phone", policy.FULL, policy.MASK)

    def _email(self, term: str) -> Q:
        readable = self._reads("email", policy.FULL)
        return Q(search_tokens__contains=[f"e:{term[:70]}"]) & self.reach.where(Customer, readable)

    def _reads(self, field_class: str, *modes: str) -> tuple[str, ...]:
        """The relations in which this person reads the field. Who doesn't see all customers knows those of others only
        from the pool, where no such field is shown: "rest" doesn't count then.
        """
        seen = policy.RELATIONS if self.sees_all() else ("own", "team")
        return tuple(rel for rel in seen if mode_for(self.user, field_class, rel) in modes)

    def sees_all(self) -> bool:
        """Whether every customer file is in reach, those of the pool as well."""
        return self.reach.everywhere("customer.view")


def _any_of(token_class: str, ways: list[list[str]]) -> Q:
    found = _nothing()
    for way in ways:
        found |= Q(search_tokens__contains=[f"{token_class}:{word}" for word in way])
    return found


def _nothing() -> Q:
    return Q(pk__in=[])
