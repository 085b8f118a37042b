"""What a segment may ask of a customer: the catalogue of its fields, their words, the right each takes, and their SQL.

The ways to reach somebody (phone, e-mail, address) aren't in it: a count would tell what the mask hides. Other fields
that a rule of masking hides are asked for by who reads them of everybody in reach. Which customers a condition may look
at is for selectors.py; here everything stands in the customer's own row or hangs on it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, reduce
from operator import or_
from typing import Any, cast

from django.db.models import BigIntegerField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import policy
from accounts.models import Team, User
from accounts.scope import reach_of
from core import clock
from core.company import zone
from core.contributions import registry
from core.http import row_id
from customers import birthdays, selectors
from customers.facts import CODES as FACT_CODES
from customers.masks import reads_everywhere
from customers.models import (
    CATALOGUES,
    UNRATED,
    Contact,
    Customer,
    Interaction,
    InteractionResult,
    Lifecycle,
    PriceSensitivity,
    Reason,
    Stage,
    Tag,
    Warn,
    own_fields,
)
from customers.models import Kind as CustomerKind
from customers.models.customer import Gender
from sales.models import Order, OrderLine, Product
from sales.needs.models import UNSETTLED, Need
from segmentation import catalogue, classes, further
from segmentation.models import ScoreInterval, Tier
from segmentation.proof.models import Forecast, ForecastRow
from segmentation.qualification.score import HIGHEST
from segmentation.qualification.words import NAMES as LETTERS
from segmentation.segments import own
from segmentation.segments.tree import (
    UNKNOWN,
    Condition,
    Kind,
    Problem,
    Renamed,
    Spec,
    bounds,
)
from segmentation.selectors import tiers_by_code
from segmentation.tiers import scheme_for

Words = str | Promise
Choices = list[tuple[str, Words]]
ME, NOBODY, LEFT, MY_TEAM = "me", "nobody", "left", "my_team"
TRAITS, NEEDS, BEHAVIOUR, SCORES, TIME = "traits", "needs", "behaviour", "scores", "time"
COMPANYS = "own"  # the company's own fields
SECTIONS: Mapping[str, Words] = {
    TRAITS: _("Traits"),
    NEEDS: _("Needs and decision style"),
    BEHAVIOUR: _("Behaviour"),
    SCORES: _("Scores"),
    TIME: _("Time"),
    COMPANYS: _("Own fields"),
}


@dataclass(frozen=True)
class Asking:
    """Who asks, and on which business date."""

    user: User
    today: date


@dataclass(frozen=True)
class Field:
    """One field. `right`: what a person must hold to ask for it, on the customers that are looked at; `mask`: the class
    of masking by which it is read, in full of everybody in reach by who asks for it.

    `offered(user)`: its words for who builds a condition. `known()`: for words that are rows, code -> the code that it
    means now; what was merged means the other, what isn't in it is gone. `named(user, text)`: the codes that somebody
    typed, where there are too many to offer.
    """

    code: str
    word: Words
    section: str
    spec: Spec
    where: Callable[[Asking, Condition], Q]
    right: str = ""
    offered: Callable[[User], Choices] | None = None
    known: Callable[[], Mapping[str, str]] | None = None
    named: Callable[[User, str], list[str] | Problem] | None = None
    words: Callable[[User, Iterable[str]], Mapping[str, Words]] | None = None
    hint: Words = ""
    mask: str = ""

    def may_ask(self, user: User) -> bool:
        """Whether this person may use it."""
        return (not self.right or user.can(self.right)) and reads_everywhere(user, self.mask)


# --- conditions on columns -------------------------------------------------------------------------------------------
def _codes(path: str) -> Callable[[Asking, Condition], Q]:
    """A word in a column; empty and none are not known."""

    def where(asking: Asking, one: Condition) -> Q:
        if one.how == UNKNOWN:
            return Q(**{f"{path}__isnull": True}) | Q(**{path: ""})
        return Q(**{f"{path}__in": one.codes})

    return where


def _among(path: str) -> Callable[[Asking, Condition], Q]:
    """Words in a column that holds several."""

    def where(asking: Asking, one: Condition) -> Q:
        return Q(**{path: []}) if one.how == UNKNOWN else Q(**{f"{path}__overlap": list(one.codes)})

    return where


def _number(path: str) -> Callable[[Asking, Condition], Q]:
    def where(asking: Asking, one: Condition) -> Q:
        if one.how == UNKNOWN:
            return Q(**{f"{path}__isnull": True})
        low = Q() if one.low is None else Q(**{f"{path}__gte": one.low})
        return low if one.high is None else low & Q(**{f"{path}__lte": one.high})

    return where


def _text(path: str) -> Callable[[Asking, Condition], Q]:
    def where(asking: Asking, one: Condition) -> Q:
        return Q(**{path: ""}) if one.how == UNKNOWN else Q(**{f"{path}__icontains": one.text})

    return where


def _yes(condition: Q) -> Callable[[Asking, Condition], Q]:
    return lambda asking, one: condition


def _day(path: str, *, moment: bool = False) -> Callable[[Asking, Condition], Q]:
    """A date in the company's zone, or a moment by the date that it fell on there."""

    def where(asking: Asking, one: Condition) -> Q:
        if one.how == UNKNOWN:
            return Q(**{f"{path}__isnull": True})
        return Q(**_between(path, *bounds(one, asking.today), moment=moment))

    return where


def _between(path: str, first: date | None, last: date | None, *, moment: bool) -> dict[str, date | datetime]:
    found: dict[str, date | datetime] = {}
    if first is not None:
        found[f"{path}__gte"] = clock.day_bounds(first, zone())[0] if moment else first
    if last is not None and moment:
        found[f"{path}__lt"] = clock.day_bounds(last, zone())[1]
    elif last is not None:
        found[f"{path}__lte"] = last
    return found


# --- conditions on what hangs on a customer: looked up by its index for each, so that the cost grows with the customers
# and never with their square, as a list that is too long for the server's memory would make it
def _since(one: Condition, today: date) -> date | None:
    return None if one.days is None else today - timedelta(days=one.days)


def _events(
    rows: Callable[[], QuerySet[Any]], at: str, *, customer: str = "customer", moment: bool = True, money: str = ""
) -> Callable[[Asking, Condition], Q]:
    """How many, or with `money` what they came to: none of them is 0."""

    def where(asking: Asking, one: Condition) -> Q:
        span = _between(at, _since(one, asking.today), asking.today, moment=moment)
        meant = rows().filter(**{customer: OuterRef("pk")}, **span).order_by()
        if not money and one.low == 1 and one.high is None:
            return Q(Exists(meant))
        of = Sum(money) if money else Count("pk")
        value = Coalesce(Subquery(meant.values(customer).annotate(n=of).values("n")), 0, output_field=BigIntegerField())
        low = Q() if one.low is None else Q(GreaterThanOrEqual(value, one.low))
        return low if one.high is None else low & Q(LessThanOrEqual(value, one.high))

    return where


def _completed() -> QuerySet[Order]:
    return Order.objects.filter(state=Order.State.COMPLETED)  # unscoped: selectors.py says whose


def _purchases() -> QuerySet[Order]:
    return _completed().filter(amount__gt=0)


def _returns() -> QuerySet[Order]:
    return _completed().filter(kind=Order.Kind.RETURN)


def _talks() -> QuerySet[Interaction]:
    """Entries of people, without notes among colleagues."""
    rows = Interaction.all_objects.filter(automatic=False, deleted_at=None)  # unscoped: selectors.py says whose
    return rows.exclude(direction=Interaction.Direction.INTERNAL)


def _bought(asking: Asking, one: Condition) -> Q:
    lines = OrderLine.objects.filter(
        order__customer=OuterRef("pk"),
        order__deleted_at=None,
        order__state=Order.State.COMPLETED,
        order__amount__gt=0,
        product__in=ids_of(one.codes),
        **_between("order__ordered_on", _since(one, asking.today), asking.today, moment=False),
    )
    return Q(Exists(lines))


def _noted(name: str) -> Callable[[Asking, Condition], Q]:
    """What somebody wrote into the log, anywhere."""

    def where(asking: Asking, one: Condition) -> Q:
        # unscoped: selectors.py says whose
        rows = Interaction.all_objects.filter(customer=OuterRef("pk"), deleted_at=None)
        if one.how == UNKNOWN:
            return ~Q(Exists(rows.exclude(**{name: ""})))
        return Q(Exists(rows.filter(**{f"{name}__icontains": one.text})))

    return where


def _waiting() -> QuerySet[Need]:
    # unscoped: selectors.py says whose
    return Need.all_objects.filter(customer=OuterRef("pk"), state__in=UNSETTLED)


def _waiting_need(asking: Asking, one: Condition) -> Q:
    rows = _waiting()
    return ~Q(Exists(rows)) if one.how == UNKNOWN else Q(Exists(rows.filter(text__icontains=one.text)))


def _needs_something(asking: Asking, one: Condition) -> Q:
    return Q(Exists(_waiting()))


def _contact_role(asking: Asking, one: Condition) -> Q:
    rows = Contact.all_objects.filter(customer=OuterRef("pk"), deleted_at=None)  # unscoped: selectors.py says whose
    if one.how == UNKNOWN:
        return ~Q(Exists(rows.exclude(authority="", further_roles=[])))
    return Q(Exists(rows.filter(Q(authority__in=one.codes) | Q(further_roles__overlap=list(one.codes)))))


def _tagged(asking: Asking, one: Condition) -> Q:
    links = Customer.tags.through.objects.filter(customer_id=OuterRef("pk"))
    if one.how == UNKNOWN:
        return ~Q(Exists(links))
    return Q(Exists(links.filter(tag_id__in=ids_of(one.codes))))


def _owned(asking: Asking, one: Condition) -> Q:
    reach, found = reach_of(asking.user), []
    ids = ids_of(one.codes)
    found += [Q(owner=asking.user.pk)] if ME in one.codes else []
    found += [Q(owner=None)] if NOBODY in one.codes else []
    found += [Q(owner__is_active=False)] if LEFT in one.codes else []
    found += [Q(owner__in=reach.members)] if MY_TEAM in one.codes else []
    found += [Q(owner__in=ids)] if ids else []
    return reduce(or_, found, Q(pk__in=[]))


def _in_team(asking: Asking, one: Condition) -> Q:
    if one.how == UNKNOWN:
        return Q(team=None)
    paths = Team.objects.filter(pk__in=ids_of(one.codes)).values_list("path", flat=True)
    return reduce(or_, (Q(team__path__startswith=path) for path in paths), Q(pk__in=[]))


def _tier(asking: Asking, one: Condition) -> Q:
    found = []
    for code in one.codes:
        scheme, _colon, tier = code.partition(":")
        if not tier:
            found.append(Q(facts__tier=UNRATED))
            continue
        kinds = [kind for kind in CustomerKind.values if scheme_for(kind) == scheme]
        found.append(Q(kind__in=kinds, facts__tier=tier))
    return reduce(or_, found, Q(pk__in=[]))


def _segment11(asking: Asking, one: Condition) -> Q:
    rows = ScoreInterval.objects.filter(customer=OuterRef("pk"), valid_to=None)  # unscoped: selectors.py says whose
    if one.how == UNKNOWN:
        return ~Q(Exists(rows.exclude(segment11="")))
    return Q(Exists(rows.filter(segment11__in=one.codes)))


def _p_buy(asking: Asking, one: Condition) -> Q:
    """By what the night of the last month's end predicted."""
    latest = Forecast.objects.filter(kind=Forecast.Kind.MONTH).order_by("-as_of", "-pk").values("pk")[:1]
    # unscoped: selectors.py says whose
    rows = ForecastRow.objects.filter(customer=OuterRef("pk"), forecast=Subquery(latest), percent__isnull=False)
    if one.how == UNKNOWN:
        return ~Q(Exists(rows))
    low = {} if one.low is None else {"percent__gte": one.low}
    high = {} if one.high is None else {"percent__lte": one.high}
    return Q(Exists(rows.filter(**low, **high)))


def ids_of(codes: Iterable[str]) -> list[int]:
    """The ids that codes name; a code may be any text that somebody sent."""
    return [pk for pk in map(row_id, codes) if pk is not None]


def months_meant(codes: Iterable[str], today: date) -> list[tuple[date, int]]:
    """(first day, days) of the next month of each number, the running one included: lunar birthdays fall on other days
    each year."""
    found = []
    for month in sorted(month for month in ids_of(codes) if month in range(1, 13)):
        year = today.year + (month < today.month)
        found.append((date(year, month, 1), monthrange(year, month)[1]))
    return found


def _birthday(asking: Asking, one: Condition) -> Q:
    if one.how == UNKNOWN:
        return (Q(birthday=None) | Q(birthday="")) & Q(founded_on=None)
    return reduce(or_, (birthdays.within(first, days) for first, days in months_meant(one.codes, asking.today)))


# --- words that are rows ---------------------------------------------------------------------------------------------
def _entries(name: str) -> dict[str, Any]:
    """A catalogue of the company: named by codes, which merged entries share with what they became."""
    model = CATALOGUES[name]

    def known() -> Mapping[str, str]:
        rows = model.rows().annotate(now=Coalesce("merged_into__code", "code"))
        return dict(rows.values_list("code", "now"))

    def offered(user: User) -> Choices:
        return [(row.code, row.name) for row in selectors.entries(model)]

    def words(user: User, codes: Iterable[str]) -> Mapping[str, Words]:
        rows = model.rows().filter(code__in=list(codes))
        return {row.code: row.name if row.is_active else _retired(row.name) for row in rows}

    where = _codes(f"{name}__code")
    return {"where": where, "offered": offered, "known": known, "words": words}


def _retired(name: str) -> Words:
    return _("%(name)s (not offered any more)") % {"name": name}


def _tags_known() -> Mapping[str, str]:
    rows = Tag.objects.annotate(now=Coalesce("merged_into_id", "pk")).order_by()
    return {str(pk): str(now) for pk, now in rows.values_list("pk", "now")}


def _tag_words(user: User, codes: Iterable[str]) -> Mapping[str, Words]:
    rows = Tag.objects.filter(pk__in=ids_of(codes))
    return {str(row.pk): row.name if row.is_active else _retired(row.name) for row in rows}


OWNERS: Mapping[str, Words] = {
    ME: _("whoever looks"),
    MY_TEAM: _("the team of whoever looks"),
    NOBODY: pgettext_lazy("owner of a customer", "nobody"),
    LEFT: _("somebody who left"),
}


def _owners_offered(user: User) -> Choices:
    return [
        *OWNERS.items(),
        *((str(person.pk), selectors.name_of(person)) for person in selectors.known_colleagues(user)),
    ]


def _owners_known() -> Mapping[str, str]:
    people = User.objects.order_by().values_list("pk", flat=True)  # unscoped: ids alone, whether they are there
    return {code: code for code in (*OWNERS, *map(str, people))}


def _owner_words(user: User, codes: Iterable[str]) -> Mapping[str, Words]:
    ids = ids_of(codes)
    names = {str(row.pk): selectors.name_of(row) for row in User.objects.for_user(user).filter(pk__in=ids)}
    somebody = _("somebody whom you don't see")
    return {code: OWNERS[code] if code in OWNERS else names.get(code, somebody) for code in codes}


def _teams_known() -> Mapping[str, str]:
    return {str(pk): str(pk) for pk in Team.objects.order_by().values_list("pk", flat=True)}  # unscoped: ids alone


def _team_words(user: User, codes: Iterable[str]) -> Mapping[str, Words]:
    rows = Team.objects.for_user(user).filter(pk__in=ids_of(codes))
    names = {str(row.pk): row.name for row in rows}
    return {code: names.get(code, _("a team that you don't see")) for code in codes}


def _teams_offered(user: User) -> Choices:
    return [(str(row.pk), row.name) for row in Team.objects.for_user(user).order_by("path")]


def _products_known() -> Mapping[str, str]:
    return _Anything()


class _Anything(dict[str, str]):
    """Products are never removed one by one; that an id is a number is enough."""

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and row_id(code) is not None

    def get(self, code: str, default: Any = None) -> Any:
        return code


def _product_words(user: User, codes: Iterable[str]) -> Mapping[str, Words]:
    rows = Product.objects.filter(pk__in=ids_of(codes))
    names = {str(row.pk): f"{row.name} ({row.sku})" for row in rows}
    return {code: names.get(code, _("a product that isn't there any more")) for code in codes}


def _products_named(user: User, text: str) -> list[str] | Problem:
    """By number or whole name; several with commas."""
    found: list[str] = []
    for typed in (part.strip() for part in text.replace("，", ",").replace("、", ",").split(",")):
        if not typed:
            continue
        rows = list(Product.objects.filter(Q(sku__iexact=typed) | Q(name__iexact=typed)).order_by("pk")[:20])
        if not rows:
            near = Product.objects.filter(Q(name__icontains=typed) | Q(sku__icontains=typed)).order_by("name", "pk")
            names = [f"{row.name} ({row.sku})" for row in near[:5]]
            return Problem("product", {"text": typed[:60], "near": names})
        found += [str(row.pk) for row in rows]
    return found


def _tiers_offered(user: User) -> Choices:
    named = catalogue.schemes()
    return [
        *(
            (f"{scheme}:{row.code}", f"{row.letter} {row.name}" + (f" · {name}" if len(named) > 1 else ""))
            for scheme, name in named
            for row in catalogue.ordered([scheme])
            if row.in_use
        ),
        (UNRATED, _("unrated")),
    ]


def _tiers_known() -> Mapping[str, str]:
    codes = [f"{scheme}:{code}" for scheme, code in tiers_by_code()]
    return {code: code for code in (*codes, UNRATED)}


def _tier_words(user: User, codes: Iterable[str]) -> Mapping[str, Words]:
    rows, found = catalogue.catalogue(), dict[str, Words]()
    for code in codes:
        scheme, _colon, tier = code.partition(":")
        row: Tier | None = rows.get((scheme, tier))
        found[code] = f"{row.letter} {row.name}" if row else _("unrated") if code == UNRATED else code
        if row and not row.in_use:
            found[code] = _retired(f"{row.letter} {row.name}")
    return found


# --- words that are fixed --------------------------------------------------------------------------------------------
SEGMENT8: Mapping[str, Words] = dict(
    zip(
        FACT_CODES["segment8"],
        (
            pgettext_lazy("one of 8 groups", "champions"),
            pgettext_lazy("one of 8 groups", "loyal key customers"),
            pgettext_lazy("one of 8 groups", "growing key customers"),
            pgettext_lazy("one of 8 groups", "key customers to rescue"),
            pgettext_lazy("one of 8 groups", "champions of small amounts"),
            pgettext_lazy("one of 8 groups", "loyal, small amounts"),
            pgettext_lazy("one of 8 groups", "growing, small amounts"),
            pgettext_lazy("one of 8 groups", "to rescue, small amounts"),
        ),
        strict=True,
    )
)
SEGMENT11: Mapping[str, Words] = {
    "champions": pgettext_lazy("one of 11 groups", "champions"),
    "loyal": pgettext_lazy("one of 11 groups", "loyal"),
    "potential_loyalists": pgettext_lazy("one of 11 groups", "may become loyal"),
    "new_customers": pgettext_lazy("one of 11 groups", "new"),
    "promising": pgettext_lazy("one of 11 groups", "promising"),
    "need_attention": pgettext_lazy("one of 11 groups", "need attention"),
    "about_to_sleep": pgettext_lazy("one of 11 groups", "about to sleep"),
    "at_risk": pgettext_lazy("one of 11 groups", "at risk"),
    "cant_lose_them": pgettext_lazy("one of 11 groups", "not to be lost"),
    "hibernating": pgettext_lazy("one of 11 groups", "asleep"),
    "lost": pgettext_lazy("one of 11 groups", "lost"),
}
MONTHS: Mapping[str, Words] = {
    str(n): word
    for n, word in enumerate(
        (
            *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
            *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
        ),
        start=1,
    )
}
WRITTEN = _("as it was written; capitals don't matter")
ROLES: Mapping[str, Words] = {value: label for value, label in Contact.Authority.choices if value}


def _fixed(words: Mapping[str, Words]) -> dict[str, Any]:
    """Words that are always the same."""
    return {
        "offered": lambda user: list(words.items()),
        "known": lambda: {code: code for code in words},
        "words": lambda user, codes: {code: words.get(code, code) for code in codes},
    }


def _fact(code: str, word: Words, kind: Kind, *, name: str = "", right: str = "", **more: Any) -> Field:
    """A column of the facts that is a number, an amount or a day."""
    section, low, high = more.pop("section", BEHAVIOUR), more.pop("low", 0), more.pop("high", 10**15)
    spec, path = Spec(kind, low, high, more.pop("always", False)), f"facts__{name or code}"
    where = _day(path, moment=more.pop("moment", False)) if kind is Kind.DAY else _number(path)
    return Field(code, word, section, spec, where, right, **more)


def _score(code: str, word: Words, *, name: str = "", low: int = 0, high: int = 100, **more: Any) -> Field:
    return _fact(code, word, Kind.NUMBER, name=name, right="score.view", section=SCORES, low=low, high=high, **more)


def _classed(code: str, word: Words, words: Mapping[str, Words], right: str = "score.view") -> Field:
    return Field(code, word, SCORES, Spec(Kind.CODES), _codes(f"facts__{code}"), right, **_fixed(words))


def _letter(code: str) -> Field:
    spec = Spec(Kind.NUMBER, 0, HIGHEST)
    return Field(code, LETTERS[code], NEEDS, spec, _number(f"qualification__{code}"), "qualification.view", hint=STEPS)


STEPS = _("of a prospect, 0 to 3")
CODED, ALWAYS = Spec(Kind.CODES), Spec(Kind.CODES, always=True)
OWN: tuple[Field, ...] = (
    # traits
    Field("kind", _("kind"), TRAITS, ALWAYS, _codes("kind"), **_fixed(dict(CustomerKind.choices))),
    Field("tag", _("tag"), TRAITS, CODED, _tagged, known=_tags_known, words=_tag_words,
          offered=lambda user: [(str(row.pk), row.name) for row in selectors.tags()]),
    Field("industry", _("industry"), TRAITS, CODED, **_entries("industry")),
    Field("company_size", _("company size"), TRAITS, CODED, **_entries("company_size")),
    Field("market_standing", _("market standing"), TRAITS, CODED, **_entries("market_standing")),
    Field("channel", _("source channel"), TRAITS, CODED, **_entries("channel")),
    Field("region", _("region"), TRAITS, Spec(Kind.TEXT), _text("region"), hint=WRITTEN),
    Field("owner", _("owner"), TRAITS, ALWAYS, _owned,
          offered=_owners_offered, known=_owners_known, words=_owner_words),
    Field("team", _("team"), TRAITS, CODED, _in_team, hint=_("with the teams below it"),
          offered=_teams_offered, known=_teams_known, words=_team_words),
    Field("stage", _("stage"), TRAITS, ALWAYS, _codes("stage"), **_fixed(dict(Stage.choices))),
    Field("birthday", _("month of birthday or founding"), TRAITS, CODED, _birthday, **_fixed(MONTHS)),
    Field("gender", _("sex"), TRAITS, CODED, _codes("gender"),
          **_fixed({code: word for code, word in Gender.choices if code})),
    Field("occupation", _("occupation"), TRAITS, Spec(Kind.TEXT), _text("occupation"), hint=WRITTEN),
    Field("hobbies", _("hobbies"), TRAITS, Spec(Kind.TEXT), _text("hobbies"), hint=WRITTEN),
    Field("business_scope", _("business scope"), TRAITS, Spec(Kind.TEXT), _text("business_scope"), hint=WRITTEN),
    Field("income_band", _("income band"), TRAITS, CODED, mask=policy.PROFILE, **_entries("income_band")),
    *(Field(name, word, TRAITS, Spec(Kind.TEXT), _text(name), hint=WRITTEN, mask=policy.PROFILE)
      for name, word in (("spending_habits", _("spending habits")), ("personality", _("personality")),
                         ("communication_style", _("communication style")))),
    Field("referred", _("was referred by a customer"), TRAITS, Spec(Kind.YES), _yes(Q(referred_by__isnull=False))),
    Field("do_not_contact", _("do not contact"), TRAITS, Spec(Kind.YES), _yes(Q(do_not_contact=True))),
    # needs and decision style
    Field("decision_style", _("decision style"), NEEDS, CODED, mask=policy.PROFILE, **_entries("decision_style")),
    Field("reasons", _("what decides a purchase"), NEEDS, CODED, _among("reasons"), mask=policy.PROFILE,
          **_fixed(dict(Reason.choices)), hint=_("any of them")),
    Field("price_sensitivity", _("price sensitivity"), NEEDS, CODED, _codes("price_sensitivity"), mask=policy.PROFILE,
          **_fixed(dict(PriceSensitivity.choices))),
    Field("needs", _("needs noted"), NEEDS, Spec(Kind.TEXT), _noted("needs_found"), "interaction.view",
          hint=_("in any entry of the log")),
    Field("open_need", _("has an open need"), NEEDS, Spec(Kind.YES), _needs_something, "need.view",
          hint=_("open, or offered and not met yet")),
    Field("need_text", _("open need"), NEEDS, Spec(Kind.TEXT), _waiting_need, "need.view",
          hint=_("open, or offered and not met yet")),
    Field("objections", _("objections noted"), NEEDS, Spec(Kind.TEXT), _noted("objection"), "interaction.view",
          hint=_("in any entry of the log")),
    Field("contact_role", _("a contact's part in decisions"), NEEDS, CODED, _contact_role, "contact.view",
          **_fixed(ROLES)),
    *map(_letter, ("need", "budget", "authority", "time", "interest", "funds")),
    _fact("qualification", "BANT / FAINT", Kind.NUMBER, right="qualification.view", section=NEEDS, high=100,
          hint=_("of 100")),
    # behaviour
    _fact("last_order", _("last order"), Kind.DAY, name="last_order_on", right="order.view"),
    _fact("first_order", _("first order"), Kind.DAY, name="first_order_on", right="order.view"),
    _fact("orders_total", _("orders of all times"), Kind.NUMBER, right="order.view"),
    Field("orders", _("number of orders"), BEHAVIOUR, Spec(Kind.COUNT),
          _events(_purchases, "ordered_on", moment=False), "order.view"),
    Field("sales", _("net sales"), BEHAVIOUR, Spec(Kind.SUM, -(10**15)),
          _events(_completed, "ordered_on", moment=False, money="amount"), "order.view"),
    Field("products", _("bought a product"), BEHAVIOUR, Spec(Kind.BOUGHT), _bought, "order.view",
          known=_products_known, words=_product_words, named=_products_named,
          hint=_("number or whole name; several with commas; any of them")),
    Field("returns", _("number of returns"), BEHAVIOUR, Spec(Kind.COUNT),
          _events(_returns, "ordered_on", moment=False), "order.view"),
    _fact("last_activity", _("last activity"), Kind.DAY, name="last_contact_at", right="interaction.view", moment=True),
    Field("activities", _("number of activities"), BEHAVIOUR, Spec(Kind.COUNT), _events(_talks, "occurred_at"),
          "interaction.view"),
    _fact("unanswered", _("tries without an answer"), Kind.NUMBER, right="interaction.view", always=True,
          hint=_("since the last activity that reached somebody")),
    Field("last_result", _("last result"), BEHAVIOUR, CODED, _codes("facts__last_result"), "interaction.view",
          **_fixed(dict(InteractionResult.choices))),
    _fact("open_complaints", _("open complaints"), Kind.NUMBER, right="complaint.view", always=True),
    _fact("last_complaint", _("last complaint"), Kind.DAY, name="last_complaint_at", right="complaint.view",
          moment=True),
    # scores
    Field("tier", _("tier"), SCORES, ALWAYS, _tier, offered=_tiers_offered, known=_tiers_known, words=_tier_words),
    Field("lifecycle", _("lifecycle"), SCORES, ALWAYS, _codes("facts__lifecycle"), **_fixed(dict(Lifecycle.choices))),
    _classed("warning", _("churn warning"), dict(Warn.choices), "warning.view"),
    _fact("value_at_risk", _("value at risk"), Kind.MONEY, right="warning.view", section=SCORES),
    _score("r", _("recency (R)"), low=1, high=5),
    _score("f", _("frequency (F)"), low=1, high=5),
    _score("m", _("monetary value (M)"), low=1, high=5),
    _fact("frequency", _("rated orders"), Kind.NUMBER, right="score.view", section=SCORES,
          hint=_("in the days that count, as of the last night")),
    _fact("monetary", _("rated sales"), Kind.MONEY, right="score.view", section=SCORES, low=-(10**15),
          hint=_("in the days that count, as of the last night")),
    _classed("frequency_class", _("frequency class"), classes.FREQUENCY),
    _classed("amount_class", _("amount class"), classes.AMOUNT),
    _classed("group5", _("group of five"), classes.GROUP5),
    _classed("segment8", _("group of eight"), SEGMENT8),
    Field("segment11", _("group of eleven"), SCORES, CODED, _segment11, "score.view", **_fixed(SEGMENT11)),
    _score("health", _("health"), hint=_("of 100")),
    _score("potential", _("potential"), hint=_("of 100")),
    _score("interaction", _("interaction"), name="interaction_score", hint=_("of 100")),
    Field("chance", _("chance of buying"), SCORES, Spec(Kind.NUMBER, 0, 100), _number("score_basis__chance"),
          "score.view", hint=_("in % of what it was on the day of the last order")),
    Field("p_buy", _("chance to buy again"), SCORES, Spec(Kind.NUMBER, 0, 100), _p_buy, "warning.view",
          hint=_("in %, within the days that warnings look ahead, as of the last month's end")),
    _classed("satisfaction", _("satisfaction"), further.SATISFACTION_WORDS),
    _classed("loyalty", _("loyalty"), further.LOYALTY_WORDS),
    _score("csat", _("last satisfaction"), name="last_csat", low=1, high=5, hint=_("1 to 5")),
    _score("nps", _("last recommendation"), name="last_nps", high=10, hint=_("0 to 10")),
    # time
    Field("created", _("file made"), TIME, Spec(Kind.DAY, always=True), _day("created_at", moment=True)),
    Field("stage_since", _("in this stage since"), TIME, Spec(Kind.DAY), _day("stage_since")),
    _fact("next_follow_up", _("next follow-up"), Kind.DAY, name="next_follow_up_on", right="follow_up.view",
          section=TIME),
    _fact("next_purchase", _("next purchase expected"), Kind.DAY, name="next_order_on", right="score.view",
          section=TIME),
)  # fmt: skip


def _from_above() -> list[Field]:
    """What apps above give: how often something happened in so many days."""
    return [
        Field(
            one.code,
            cast("Words", one.word),
            BEHAVIOUR,
            Spec(Kind.COUNT),
            _events(one.rows, one.at, customer=one.customer),
            one.permission,
        )
        for one in registry().segment_events
    ]


@cache
def _shipped() -> Mapping[str, Field]:
    found = [*OWN, *_from_above()]
    order = {code: n for n, code in enumerate(SECTIONS)}
    return {one.code: one for one in sorted(found, key=lambda one: order[one.section])}


def fields() -> Mapping[str, Field]:
    """All of them by code, as they are offered; the company's own fields come last."""
    companys = own_fields()
    if not companys:
        return _shipped()
    return {
        **_shipped(),
        **{
            one.field_name: Field(
                one.field_name,
                one.name,
                COMPANYS,
                own.spec_of(one),
                own.where_of(one),
                mask=one.readers,
                **own.words_of(one),
            )
            for one in companys
        },
    }


def specs() -> Mapping[str, Spec]:
    """What each holds, for tree.py."""
    return {code: one.spec for code, one in fields().items()}


def known_codes(wanted: Iterable[str]) -> Renamed:
    """Of the fields that are asked for, the codes there are; at most one query each."""
    every = fields()
    return {code: every[code].known() for code in wanted if code in every and every[code].known is not None}  # type: ignore[misc]


def may_ask(user: User) -> dict[str, Field]:
    """Those that this person may use."""
    return {code: one for code, one in fields().items() if one.may_ask(user)}
