"""What a row of a file changes on the customer it means, as far as its sender could change it by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core.company import company
from core.phones import phone_digits, phone_keys
from core.refusals import BadCellError
from customers import required, selectors
from customers.identity import email_key, name_key, number_key
from customers.imports.columns import CONSENTS, CONTACT_TEXTS, EMAILS, FURTHER, LABELS, PHONES
from customers.imports.consents import Consents
from customers.imports.owners import is_called
from customers.imports.rows import LACKING, NAMELESS, NEW_ENTRY, NO_NAME, NO_OWNER, WITHOUT, Match, filled
from customers.imports.sender import Sender
from customers.kinds import usual_kind
from customers.models import CATALOGUES, Contact, Customer, Kind, Level, OwnKind, own_fields
from customers.own.values import merged
from ui import formatting
from ui.formatting import labelled


def unknown_entry(field: str, name: str) -> str:
    """Why a word that its sender can't add is refused."""
    if field == "channel":
        words = _("source channel: “%(name)s” is no channel of the company. A manager can add it.")
        return words % {"name": name}
    text = _("“%(name)s” isn't in the company's list. A manager can add it.") % {"name": name}
    return str(labelled(LABELS[field], text))


class Plan:
    """What rows change on these customers, and whether the person may change it by hand."""

    def __init__(
        self,
        sender: Sender,
        customers: Sequence[Customer],
        rows: Sequence[Mapping[str, Any]],
        *,
        numbers_for_names: bool = False,
    ) -> None:
        def mentioned(name: str) -> dict[int, Customer]:
            return {row.pk: row for row in customers} if any(data.get(name) for data in rows) else {}

        self.sender, self.numbers_for_names = sender, numbers_for_names
        self.usual = usual_kind(company())
        self.assignable = sender.within(mentioned("owner_email"), "customer.assign")
        self._read_contacts(mentioned("contact_name"))
        self._read_tags(mentioned("tags"))
        self._read_referrers({data["referred_by"] for data in rows if data.get("referred_by")})
        self.consents = Consents(sender, {pk for name in CONSENTS for pk in mentioned(name)})

    def fill(self, match: Match) -> None:
        """Work out the changes of one row, or refuse it."""
        try:
            for field in CATALOGUES:
                self._chosen(match, field)
            self._owner(match)
            self._own(match)
            self._referrer(match)
            if match.customer is not None:
                match.changes |= self._differing(match, match.customer)
            elif match.earlier is None and not match.data.get("name") and not match.reason:
                self._nameless(match)
            self._contact(match)
            self._tags(match)
            self.consents.fill(match)
            if match.customer is None and match.earlier is None and not match.reason:
                self._required(match)
        except BadCellError as error:
            match.refuse(str(error))

    def _differing(self, match: Match, customer: Customer) -> dict[str, Any]:
        """The model fields of a known customer that the row changes. Empty cells change nothing, and what is shown
        masked stays as it is, whatever it is: else the counts would give it away. Who was found by phone or e-mail,
        or by the number of a file that was merged, isn't renamed.
        """
        changes: dict[str, Any] = {}
        phones = {digits for number in customer.phones for digits in phone_keys(number)}
        emails = {email_key(address) for address in customer.emails}
        for name, value in filled(match.data).items():
            stored = getattr(customer, name)
            if name == "name" and match.data.get("number") != customer.number and customer.name != customer.number:
                continue
            if not self.sender.reads(customer, name):
                match.keep()
            elif name in PHONES:
                # Another number, or the same in another spelling or with another extension.
                respelled = stored != value and phone_keys(stored) == [phone_digits(value)]
                if phone_digits(value) not in phones or respelled:
                    changes[name] = value
            elif name in EMAILS and email_key(value) in emails:
                continue  # another spelling, or it is there as the other one
            elif name in FURTHER:  # they are added, never taken away
                key, known = (phone_digits, phones) if name == "further_phones" else (email_key, emails)
                if added := [one for one in value if key(one) not in known]:
                    changes[name] = [*stored, *added]
            elif stored != value:
                changes[name] = value
        return changes

    def _own(self, match: Match) -> None:
        """What the row says of own fields over what the file holds; who doesn't read one leaves it as it is."""
        said = dict(match.data.get("own") or {})
        if not said:
            return
        held = match.customer.own if match.customer is not None else {}
        for field in own_fields():
            if field.code not in said:
                continue
            if match.customer is not None and not self.sender.reads_own(match.customer, field):
                match.keep()
                del said[field.code]
            elif field.kind == OwnKind.PERSON:
                try:
                    said[field.code] = self.sender.people.find(said[field.code]).pk
                except BadCellError as error:
                    raise BadCellError(labelled(field.name, error)) from error
        if merged(held, said) != held:
            match.changes["own"] = merged(held, said)

    def _nameless(self, match: Match) -> None:
        """A new customer without a name is left out, unless the person has chosen that the number stands for it."""
        if self.numbers_for_names:
            match.asks.append((NAMELESS, ""))
        else:
            text = _("This new customer has no name. Write it into the row, or choose that the number stands for it.")
            match.refuse(text, NO_NAME)

    def _required(self, match: Match) -> None:
        """What a new customer must have: required everywhere, then the row is refused, or only of whoever types."""
        data = match.data
        kind = data.get("kind") or (Kind.COMPANY if data.get("contact_name") else self.usual)

        def filled(name: str) -> Any:
            if name == required.REACH:
                return any(data.get(way) for way in (*required.WAYS, *PHONES, "contact_phone", "contact_email"))
            if own := required.own_of(name):
                return own.code in data.get("own", {})
            return data.get("contact_name" if name == required.CONTACT else name)

        missing = required.lacking(kind, filled, Level.ALWAYS)
        names = formatting.listed([str(required.label_of(name)) for name in missing])
        if missing:
            text = _("A new customer must have: %(fields)s. Fill it in, or ask for less in Settings.")
            match.refuse(text % {"fields": names}, WITHOUT, names)
            return
        missing = required.lacking(kind, filled, Level.NEW)
        match.asks += [(LACKING, str(required.label_of(name))) for name in missing]

    def _chosen(self, match: Match, field: str) -> None:
        """An entry of a catalogue; an unknown word is asked about, and refused where the person can't add it."""
        name = match.data.get(field)
        if not name:
            return
        if match.customer is not None and not self.sender.reads(match.customer, field):
            match.keep()
            return
        entry = self.sender.entries(field).find(name)
        if entry is None and not self.sender.may_make(field):
            raise BadCellError(unknown_entry(field, name))
        if entry is None:
            match.asks.append((NEW_ENTRY[field], name))
            match.changes[f"{field}_id"] = None  # known once it is made
        elif match.customer is None or getattr(match.customer, f"{field}_id") != entry.pk:
            match.changes[f"{field}_id"] = entry.pk

    def _owner(self, match: Match) -> None:
        """The owner's cell against the present owner; only who may assign this customer by hand gives it away."""
        text = match.data.get("owner_email")
        if not text or (match.customer is not None and is_called(match.customer.owner, text)):
            return
        try:
            owner = self.sender.owners.find(text)
        except BadCellError as error:
            match.refuse(_("owner: %(problem)s") % {"problem": error}, NO_OWNER, text)
            return
        if match.customer is not None and owner.pk == match.customer.owner_id:
            return
        if match.customer is not None and match.customer.pk not in self.assignable:
            raise BadCellError(
                _("owner: you may not give this customer to somebody else. Leave the cell empty, or ask your lead.")
            )
        match.owner = owner

    def _read_referrers(self, texts: set[str]) -> None:
        """Customers in reach who bear one of these numbers or names."""
        self.referrers: dict[str, list[int]] = {}
        if not texts:
            return
        user = self.sender.user
        reach = Customer.objects.all() if user is None else selectors.referrers(user)
        called = Q(number__in={number_key(text) for text in texts}) | Q(name__in=texts)
        for pk, number, name in reach.filter(called).order_by("pk").values_list("pk", "number", "name"):
            self.referrers.setdefault(number, []).insert(0, pk)
            if name != number:
                self.referrers.setdefault(name_key(name), []).append(pk)

    def _referrer(self, match: Match) -> None:
        """Who referred the customer: somebody in reach who is there already, by number, else by an only name."""
        text = match.data.get("referred_by")
        if not text:
            return
        found = self.referrers.get(number_key(text)) or self.referrers.get(name_key(text)) or []
        pk = match.customer.pk if match.customer is not None else None
        if not found or found == [pk]:
            raise BadCellError(
                _("referred by: none of your other customers is called %(name)s. Import that one first.")
                % {"name": text}
            )
        if len(found) > 1 and number_key(text) not in self.referrers:
            raise BadCellError(
                _("referred by: several customers are called %(name)s. Write the number.") % {"name": text}
            )
        if match.customer is None or match.customer.referred_by_id != found[0]:
            match.changes["referred_by_id"] = found[0]

    # --- contacts ----------------------------------------------------------------------------------------------------
    def _read_contacts(self, customers: Mapping[int, Customer]) -> None:
        self.may_add = self.sender.within(customers, "contact.add")
        self.may_change = self.sender.within(customers, "contact.change")
        self.contacts: dict[tuple[int, str], Contact] = {}
        if customers:
            for contact in Contact.all_objects.filter(customer_id__in=customers, deleted_at=None).order_by("pk"):
                contact.customer = customers[contact.customer_id]
                self.contacts.setdefault((contact.customer_id, name_key(contact.name)), contact)

    def _contact(self, match: Match) -> None:
        """The row's contact person, known by name."""
        if not match.data.get("contact_name"):
            return
        wanted = {to: match.data[name] for name, to in CONTACT_TEXTS.items() if match.data.get(name)}
        if match.customer is None:
            allowed = self.sender.user is None or self.sender.user.can("contact.add")
        else:
            match.contact = self.contacts.get((match.customer.pk, name_key(wanted["name"])))
            wanted = self._contact_changes(match, match.contact, wanted) if match.contact else wanted
            allowed = match.customer.pk in (self.may_change if match.contact else self.may_add)
        if wanted and not allowed:
            raise BadCellError(
                _("contact person: you may not change contacts of this customer. Leave the cells empty.")
                if match.contact
                else _("contact person: you may not add contacts. Leave the cells empty.")
            )
        match.contact_changes = wanted

    def _contact_changes(self, match: Match, contact: Contact, wanted: Mapping[str, str]) -> dict[str, str]:
        changes = {}
        for name, value in wanted.items():
            if not self.sender.reads(contact, name):
                match.keep()
            elif name != "name" and getattr(contact, name) != value:
                changes[name] = value
        return changes

    # --- tags --------------------------------------------------------------------------------------------------------
    def _read_tags(self, customers: Mapping[int, Customer]) -> None:
        self.tags: dict[int, set[str]] = {}
        if customers:
            rows = Customer.tags.through.objects.filter(customer_id__in=customers)
            for customer_id, *names in rows.values_list("customer_id", "tag__name", "tag__merged_from__name"):
                self.tags.setdefault(customer_id, set()).update(name_key(name) for name in names if name)

    def _tags(self, match: Match) -> None:
        """Tags are added, never taken away."""
        have = set(self.tags.get(match.customer.pk, ())) if match.customer is not None else set()
        for name in match.data.get("tags") or ():
            if self.sender.tags is not None and name_key(name) not in self.sender.tags:
                raise BadCellError(_("tags: there is no tag “%(name)s”. A manager can add it.") % {"name": name})
            if name_key(name) not in have:
                have.add(name_key(name))
                match.tags.append(name)
