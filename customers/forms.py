"""What people type about customers and contacts, checked field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.masking import may_read
from accounts.models import User
from core.phones import checked_phone
from core.refusals import BadCellError
from core.texts import mail_address
from customers import birthdays, further, required, selectors
from customers.identity import number_key, tidy
from customers.models import CATALOGUES, Contact, Customer, Kind, Level, OwnFor, Reason, Stage, Tag
from customers.own.forms import OfOwn, controls, taken
from customers.services import PROFILE
from ui.forms import ByPinyin, Colleague, Day, Email, Lines, OnceForm, Phone, Several, VersionedForm, offer

POOL = "pool"  # the unassigned pool as an owner to choose
CONTACT_WAYS = ("phone", "email", "wechat")
WAY_FIELDS: dict[str, type[forms.Field]] = {"phone": Phone, "phone2": Phone, "email": Email, "email2": Email}
BASICS = (
    *("kind", "name", "phone", "phone2", "email", "email2", *further.FURTHER, "wechat", "address", "region"),
    *("channel", "referred_by", "service_owner"),
)
COMPANY = (
    *("industry", "company_size", "business_scope", "market_standing", "market_position", "growth"),
    *("credit_code", "founded_on"),
)
LIVES, BUYS = PROFILE[:3], PROFILE[3:]  # of persons alone, and of everybody
PERSON = ("occupation", "hobbies", "gender", *birthdays.FIELDS)
REST = ("stage", "do_not_contact", "notes")
# Of a new customer: what is always in sight, and what stands folded unless the company requires it.
ALWAYS_THERE = ("kind", "name", "channel", *CONTACT_WAYS, "region", "industry", "notes")
MORE_BASICS = ("phone2", "email2", *further.FURTHER, "address", "referred_by")
FURTHER = (*MORE_BASICS, *(name for name in (*COMPANY, *PERSON, *PROFILE) if name not in ALWAYS_THERE))
CALLED = {required.CONTACT: "contact_name"}  # fields that have another name there
CALENDAR_RULES = {
    "birthday_is_lunar": _("A lunar 30th is kept on the 29th where the month has no 30th that year."),
    "birthday_leap_month": _(
        "Lunar only: the day lies in the leap month. In years without that leap month it is kept in the ordinary month."
    ),
}
NEEDED_FOR = {Kind.COMPANY: _("required for companies"), Kind.PERSON: _("required for persons")}
MISSING = _("Fill this in: it is required.")
MISSING_FOR = {
    Kind.COMPANY: _("Fill this in: it is required for companies."),
    Kind.PERSON: _("Fill this in: it is required for persons."),
}


class Birthday(forms.CharField):
    """A day of either calendar, as customers.birthdays reads it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text", _("1990-02-28. Lunar: 1990-02-30, 02-30 without the year, or L02-05 in a leap month.")
        )
        super().__init__(max_length=birthdays.LONGEST, empty_value=None, **options)


class Referrer(forms.ModelChoiceField):
    """Another customer in reach: its number, or a name that only one of them has. There are too many for a list."""

    widget = forms.TextInput({"autocomplete": "off"})

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("The customer's number or whole name."))
        super().__init__(queryset=Customer.objects.none(), required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        """The number of a stored one; one out of reach isn't told, and stays as it is while nothing is typed."""
        if isinstance(value, Customer):
            return value.number
        if isinstance(value, int):
            return self._rows().filter(pk=value).values_list("number", flat=True).first()
        return value

    def to_python(self, value: Any) -> Customer | None:
        if value in self.empty_values:
            return None
        text = tidy(str(value))
        found = self._rows().filter(number=number_key(text)).first()
        named = [found] if found else list(self._rows().filter(name=text)[:2])
        if len(named) > 1:
            raise forms.ValidationError(_("Several customers have this name. Enter the customer number."))
        if not named:
            raise forms.ValidationError(_("None of your customers has this number or name."))
        return named[0]

    def _rows(self) -> QuerySet[Customer]:
        return cast("QuerySet[Customer]", self.queryset)


class Superior(forms.ModelChoiceField):
    """Another person at the same customer. One in the recycle bin isn't told, and stays while nobody is chosen."""

    def prepare_value(self, value: Any) -> Any:
        pk = value.pk if isinstance(value, Contact) else value
        known = isinstance(pk, int) and not cast("QuerySet[Contact]", self.queryset).filter(pk=pk).exists()
        return None if known else super().prepare_value(value)


class PeopleAndPool(ByPinyin):
    """The empty choice, then the pool, then the people."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        people = super().__iter__()
        if self.field.empty_label is not None:
            yield next(people)
        yield POOL, _("Unassigned pool")
        yield from people


class NewOwner(Colleague):
    """A colleague, or the pool as a choice of its own: an empty field must not give customers away."""

    iterator = PeopleAndPool

    def to_python(self, value: Any) -> Any:
        return value if value == POOL else super().to_python(value)


class AsksForFields(forms.ModelForm):
    """A form of a customer's file that asks for what the company requires of its kind (customers.required).

    What every kind needs is marked as any required field; what one kind needs says so beside its label.
    """

    level: ClassVar[Level] = Level.ALWAYS

    def ask(self, called: Mapping[str, str]) -> None:
        """Mark the fields; `called` gives the form's name where it isn't the field's own."""
        kinds = {kind: set(required.asked(kind, self.level)) for kind in (Kind.COMPANY, Kind.PERSON)}
        for name in required.all_fields():
            field = self.fields.get(called.get(name, name))
            needing = [kind for kind in kinds if name in kinds[kind]]
            if field is None or name == required.REACH:
                continue
            if len(needing) == len(kinds):
                field.required = True
            elif needing:
                field.needed_for = NEEDED_FOR[needing[0]]  # type: ignore[attr-defined]

    def read_birthday(self, data: dict[str, Any], customer: Customer | None) -> None:
        """The day in its calendar, or what is wrong with it."""
        try:
            data |= birthdays.checked({name: data[name] for name in birthdays.FIELDS}, customer)
        except BadCellError as error:
            self.add_error("birthday", str(error))

    def hides_ways(self, ways: Collection[str]) -> bool:
        """Whether a way to reach the customer may stand in the file that this person doesn't see."""
        return len(ways) < len(CONTACT_WAYS)

    def demand(self, data: Mapping[str, Any], *, kind: str, called: Mapping[str, str], reached: bool = False) -> None:
        """Say beside each field what is missing. A field that isn't in the form isn't asked for."""
        ways = [way for way in CONTACT_WAYS if way in self.fields]

        def filled(name: str) -> Any:
            field = called.get(name, name)
            if name == required.REACH:
                return reached or self.hides_ways(ways) or any(data.get(way) or way in self.errors for way in ways)
            return field not in self.fields or field in self.errors or data.get(field)

        for name in required.lacking(kind, filled, self.level):
            if name == required.REACH:
                self.add_error(ways[0], _("Enter one way to reach the customer: phone, e-mail or WeChat."))
            else:
                self.add_error(called.get(name, name), MISSING_FOR.get(Kind(kind), MISSING))


@dataclass(frozen=True)
class About:
    """Fields that belong together. Those of one kind of customer show only while that kind is chosen, where none is
    filled."""

    kind: str
    words: Any
    icon: str
    fields: list[forms.BoundField]
    folds: bool = False  # while none is filled

    @property
    def is_filled(self) -> bool:
        return any(bound.errors or bound.value() for bound in self.fields)


def parts_of(form: forms.BaseForm, basics: Iterable[str], names: Collection[str] | None = None) -> list[About]:
    """The fields of a form (these of them), with those of companies and of persons apart."""
    own: dict[str, list[str]] = {of: [] for of in OwnFor.values}
    for name, field in form.fields.items():
        if isinstance(field, OfOwn):
            own[field.own.of].append(name)
    parts = (
        ("", "", "", basics),
        (Kind.COMPANY, _("About the company"), "building-2", (*COMPANY, *own[OwnFor.COMPANY])),
        (Kind.PERSON, _("About the person"), "user-round", (*PERSON, *own[OwnFor.PERSON])),
        (Kind.PERSON, _("Profile: money and character"), "heart-handshake", LIVES),
        ("", _("Profile: how they decide"), "scale", BUYS),
        ("", _("Further facts"), "list-plus", own[OwnFor.BOTH]),
    )
    found = [
        About(
            kind,
            words,
            icon,
            [form[one] for one in of if one in form.fields and (names is None or one in names)],
            folds=of in (LIVES, BUYS),
        )
        for kind, words, icon, of in parts
    ]
    return [part for part in found if part.fields]


class KnownForm(forms.Form):
    """Fields of a new customer by which others may be the same."""

    name = forms.CharField(max_length=160, required=False)
    phone = forms.CharField(max_length=40, required=False)
    phone2 = forms.CharField(max_length=40, required=False)
    email = forms.CharField(max_length=254, required=False)
    email2 = forms.CharField(max_length=254, required=False)
    further_phones = forms.CharField(max_length=4000, required=False)
    further_emails = forms.CharField(max_length=4000, required=False)
    credit_code = forms.CharField(max_length=30, required=False)


class FurtherWays(forms.Form):
    """More numbers and addresses than have a field of their own."""

    further_phones = Lines(label=_("Further phones"), read=checked_phone)
    further_emails = Lines(label=_("Further e-mails"), read=mail_address)


class NewCustomerForm(FurtherWays, OnceForm, AsksForFields):
    """A name, and what the company requires: as shipped where the customer comes from, and one way to reach them."""

    level = Level.NEW

    contact_name = forms.CharField(
        label=_("Contact person"), max_length=80, required=False, help_text=_("At a company: whom you talk to.")
    )
    owner = Colleague(label=_("Owner"), required=False, empty_label=_("Unassigned pool"))
    anyway = forms.BooleanField(label=_("This is another customer, save it"), required=False)
    birthday = Birthday(label=_("Birthday"), required=False)
    referred_by = Referrer(label=_("Referred by"))
    reasons = Several(label=_("What decides a purchase"), choices=Reason.choices)

    class Meta:
        model = Customer
        fields: ClassVar[list[str]] = [*ALWAYS_THERE, *FURTHER]
        field_classes: ClassVar[dict[str, type[forms.Field]]] = WAY_FIELDS
        help_texts: ClassVar[dict[str, Any]] = CALENDAR_RULES
        widgets: ClassVar[dict[str, Any]] = {
            "kind": forms.RadioSelect,
            "founded_on": Day.widget,
            "notes": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = [
            (kind.value, kind.label) for kind in (Kind.COMPANY, Kind.PERSON)
        ]
        for name, model in CATALOGUES.items():
            offer(self, **{name: selectors.entries(model)})
        if user.can("customer.assign"):
            offer(self, owner=selectors.possible_owners(user))
        else:
            del self.fields["owner"]
        offer(self, referred_by=selectors.referrers(user))
        self.needed = {name for kind in (Kind.COMPANY, Kind.PERSON) for name in required.asked(kind, self.level)}
        if "birthday" in self.needed:
            self.needed |= set(birthdays.FIELDS)
        self.fields |= controls(user)
        # What a person never reads of anybody isn't asked of them either.
        for name in [name for name in self.fields if required.hidden_from(user, name)]:
            del self.fields[name]
        # Who it may be is asked when the field is left, by a script; the form asks again when it is sent.
        for name in set(KnownForm.base_fields) & set(self.fields):
            self.fields[name].widget.attrs |= {
                "hx-post": reverse("customer_known"),
                "hx-trigger": "change",
                "hx-params": f"{name},csrfmiddlewaretoken",
                "hx-target": f"#known-{name}",
                "data-quiet": "",
            }
        self.reach_needed = required.REACH in self.needed
        self.ask(CALLED)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "birthday" in data:
            self.read_birthday(data, None)
        self.demand(data, kind=data.get("kind") or Kind.UNKNOWN, called=CALLED)
        return data

    @property
    def further(self) -> list[forms.BoundField]:
        """What is in sight only because the company requires it."""
        names = [*FURTHER, *(name for name, field in self.fields.items() if isinstance(field, OfOwn))]
        return [self[name] for name in names if name in self.needed]

    @property
    def more(self) -> list[About]:
        """What may stay folded."""
        return parts_of(self, MORE_BASICS, [name for name in self.fields if name not in {*self.needed, *ALWAYS_THERE}])

    @property
    def more_is_filled(self) -> bool:
        return any(part.is_filled for part in self.more)

    def file(self) -> dict[str, Any]:
        """The fields of the new file."""
        own = {"own": taken(self, self.cleaned_data)}
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields} | own


class EditCustomerForm(FurtherWays, VersionedForm, AsksForFields):
    """The whole file. Fields that the person reads masked aren't offered, so nothing is overwritten by stars."""

    tags = forms.ModelMultipleChoiceField(
        label=_("Tags"), queryset=Tag.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    new_tag = forms.CharField(label=_("New tag"), max_length=40, required=False)
    birthday = Birthday(label=_("Birthday"), required=False)
    referred_by = Referrer(label=_("Referred by"))
    reasons = Several(label=_("What decides a purchase"), choices=Reason.choices)

    class Meta:
        model = Customer
        fields: ClassVar[list[str]] = [*BASICS, *COMPANY, *PERSON, *PROFILE, *REST]
        field_classes: ClassVar[dict[str, type[forms.Field]]] = WAY_FIELDS
        help_texts: ClassVar[dict[str, Any]] = CALENDAR_RULES
        widgets: ClassVar[dict[str, Any]] = {
            "kind": forms.RadioSelect,
            "founded_on": Day.widget,
            "notes": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args: Any, user: User, customer: Customer, **kwargs: Any) -> None:
        kwargs["instance"] = Customer()
        super().__init__(*args, **kwargs)
        self.customer = customer
        for name in ("phone", "phone2"):
            cast(Phone, self.fields[name]).stored = getattr(customer, name)
        cast(Lines, self.fields["further_phones"]).stored = customer.further_phones
        cast(forms.ModelChoiceField, self.fields["service_owner"]).iterator = ByPinyin
        # The customer's own entries and tags stay selectable, although they may be switched off by now.
        for name, model in CATALOGUES.items():
            own = model.rows().filter(pk=getattr(customer, f"{name}_id") or 0)
            offer(self, **{name: selectors.entries(model) | own})
        # unscoped: so does the present service owner
        present = User.objects.filter(pk=customer.service_owner_id or 0)
        offer(
            self,
            referred_by=selectors.referrers(user).exclude(pk=customer.pk),
            service_owner=selectors.colleagues(user) | present,
            tags=selectors.tags() | Tag.objects.filter(pk__in=customer.tags.values("pk")),
        )
        if not selectors.decides_on(user, customer):
            del self.fields["service_owner"]
        # A pause has an end or a reason, and a page of its own.
        keeps = customer.stage == Stage.PAUSED
        cast(forms.ChoiceField, self.fields["stage"]).choices = [
            one for one in Stage.choices if keeps or one[0] != Stage.PAUSED
        ]
        if not user.can("tag.add"):
            del self.fields["new_tag"]
        for name in self.Meta.fields:
            if not may_read(user, customer, name):
                del self.fields[name]
        self.fields |= controls(user, customer)
        self.ask({})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if set(birthdays.FIELDS) <= set(data):
            self.read_birthday(data, self.customer)
        reached = not any(data.get(way) for way in CONTACT_WAYS) and selectors.is_reached(self.customer)
        self.demand(data, kind=data.get("kind") or self.customer.kind, called={}, reached=reached)
        return data

    def group(self, names: Iterable[str]) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    @property
    def basics(self) -> list[forms.BoundField]:
        return self.group(BASICS[1:])

    @property
    def about(self) -> list[About]:
        """What is asked of a company and of a person."""
        return parts_of(self, ())

    @property
    def rest(self) -> list[forms.BoundField]:
        return self.group(REST)


class ContactForm(FurtherWays, OnceForm, VersionedForm, forms.ModelForm):
    """A person at a customer."""

    further_roles = forms.MultipleChoiceField(
        label=_("Further parts in decisions"),
        choices=[one for one in Contact.Authority.choices if one[0]],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    concerns = forms.MultipleChoiceField(
        label=_("What matters to them"),
        choices=Contact.Concern.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = [
            "name",
            "position",
            "rank",
            "authority",
            "further_roles",
            "concerns",
            "concern_note",
            "stance",
            "reports_to",
            *CONTACT_WAYS,
            *further.FURTHER,
            "is_primary",
            "notes",
        ]
        field_classes: ClassVar[dict[str, type[forms.Field]]] = WAY_FIELDS | {"reports_to": Superior}
        widgets: ClassVar[dict[str, Any]] = {"notes": forms.Textarea({"rows": 3})}

    def __init__(
        self, *args: Any, user: User, customer: Customer, contact: Contact | None = None, **kwargs: Any
    ) -> None:
        kwargs["instance"] = Contact()
        super().__init__(*args, **kwargs)
        if contact is not None:
            cast(Phone, self.fields["phone"]).stored = contact.phone
            cast(Lines, self.fields["further_phones"]).stored = contact.further_phones
        others = Contact.objects.for_user(user).filter(customer=customer).order_by("name")
        offer(self, reports_to=others.exclude(pk=contact.pk) if contact else others)
        for name in (*CONTACT_WAYS, *further.FURTHER):
            if contact is not None and not may_read(user, contact, name):
                del self.fields[name]


class TransferForm(forms.Form):
    """To whom, and why."""

    to = NewOwner(
        label=_("New owner"), empty_label=_("Please choose"), error_messages={"required": _("Choose the new owner.")}
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Say in a few words why; it stays in the history.")},
    )

    keep_shares = forms.BooleanField(
        label=_("Keep collaborators and service owner"),
        required=False,
        help_text=_("Otherwise a hand-over to another team ends sharing and the work of a foreign service owner."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, to=selectors.possible_owners(user))

    def clean_to(self) -> User | None:
        """The person; None is the pool."""
        to = self.cleaned_data["to"]
        return None if to == POOL else to


class TagForm(forms.Form):
    """One tag that many customers get, or that they lose."""

    PUT, TAKE = "put", "take"

    way = forms.ChoiceField(
        label=_("What is done"),
        choices=[(PUT, _("Put the tag on")), (TAKE, _("Take the tag off"))],
        initial=PUT,
        widget=forms.RadioSelect,
        required=False,
    )
    tag = forms.ModelChoiceField(label=_("Tag"), queryset=Tag.objects.none(), required=False)
    new_tag = forms.CharField(label=_("New tag"), max_length=40, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, tag=selectors.tags())
        if not user.can("tag.add"):
            del self.fields["new_tag"]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if self.takes_off and data.get("new_tag"):
            self.add_error("new_tag", _("Nobody has a new tag yet. Choose one that is there, or put it on."))
        elif not data.get("tag") and not data.get("new_tag"):
            self.add_error("tag", _("Choose a tag."))
        return data

    @property
    def takes_off(self) -> bool:
        """Whether the customers lose it."""
        return self.cleaned_data.get("way") == self.TAKE


class ShareForm(forms.Form):
    """With whom."""

    user = Colleague(label=_("Colleague"))

    def __init__(self, *args: Any, user: User, owner_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, user=selectors.colleagues(user).exclude(pk__in=[user.pk, owner_id or 0]))


class RevealForm(forms.Form):
    """Why somebody needs the full value."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Say why you need it; the reason is kept in the audit log.")},
    )
