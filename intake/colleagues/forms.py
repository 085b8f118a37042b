"""Several colleagues at once: the list that is read, and the table in which it is looked at and confirmed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Role, Team, User
from accounts.names import normal_email
from accounts.pages.forms import INVITE, NO_SIGN_IN_NAME, way_in
from accounts.services import is_within, team_by_path
from core.phones import checked_mobile
from intake.colleagues.reading import FIELDS, NO_ROLE_OF_OURS, Found
from intake.tabular import MEGABYTE
from intake.user_file import DEFAULT_ROLE, LONGEST_TEAM
from ui.forms import Email, OnceForm, Phone, begun

MOST = 60  # people in one table; more are an import
LONGEST_LIST = 20_000
LARGEST_FILE = 5 * MEGABYTE
BLANK_LINES = 3
APART = " · "


class ListForm(forms.Form):
    """A list to be read: pasted, or a file."""

    text = forms.CharField(
        label=gettext_lazy("Your list"),
        required=False,
        max_length=LONGEST_LIST,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("One person a line: name, mobile number, role, team, e-mail. Any order will do."),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file"),
        required=False,
        help_text=gettext_lazy("CSV or XLSX"),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload and upload.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("The file is larger than %(limit)s MB. Split it.") % {"limit": LARGEST_FILE // MEGABYTE}
            )
        return upload

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and not data["file"] and not data["text"].strip():
            self.add_error("text", _("Paste a list, or choose a file."))
        return data


class ColleagueForm(forms.Form):
    """One line of the table. `found` is who signs in with its number or address already, `found_as` what the reader
    may know of that person."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=80, required=False)
    mobile = Phone(label=gettext_lazy("Mobile number"), read=checked_mobile, required=False, max_length=40)
    email = Email(label=gettext_lazy("E-mail"), read=normal_email, required=False, max_length=254)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), error_messages={"required": gettext_lazy("Choose what this person may do.")}
    )
    team = forms.CharField(label=gettext_lazy("Team"), max_length=400, required=False)
    leave_out = forms.BooleanField(label=gettext_lazy("leave out"), required=False)
    rest = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    line = forms.IntegerField(required=False, widget=forms.HiddenInput)

    found: User | None = None
    found_as = ""
    is_new_team = False

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted, self.use_required_attribute = True, False  # a blank line is no person
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Please choose")), *roles]
        for name in ("name", "mobile", "email", "team"):
            self.fields[name].widget.attrs |= {"autocomplete": "off"}
        self.fields["mobile"].widget.attrs |= {"inputmode": "tel"}
        self.fields["team"].widget.attrs |= {"list": "teams"}

    @property
    def is_blank(self) -> bool:
        """Nobody stands in this line; a role alone is only what lines begin with."""
        return not any(str(self[name].value() or "").strip() for name in ("name", "mobile", "email", "team"))

    @property
    def is_left_out(self) -> bool:
        """Whether a person has taken this line out."""
        return bool(self.is_bound and self["leave_out"].value())

    def has_changed(self) -> bool:
        """What is left out, or blank, isn't checked."""
        return not (self.is_blank or self.is_left_out)

    def clean_team(self) -> str:
        path = "/".join(part.strip() for part in self.cleaned_data["team"].split("/") if part.strip())
        if any(len(part) > LONGEST_TEAM for part in path.split("/")):
            raise forms.ValidationError(_("At most %(limit)s characters a name.") % {"limit": LONGEST_TEAM})
        return path

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "email" in data and "mobile" in data and not (data["email"] or data["mobile"]):
            self.add_error("mobile", NO_SIGN_IN_NAME)
        return data

    def person(self) -> dict[str, Any]:
        """What a valid line says; without a name the number or address stands for it."""
        data = self.cleaned_data
        sign_in = {name: data[name] or None for name in ("mobile", "email")}
        name = " ".join(data["name"].split()) or (data["mobile"] or data["email"])[:80]
        return {"name": name, "role": data["role"], "team": data["team"], **sign_in}


class LinesWidget(forms.Widget):
    """Reads the lines from controls called people-0-name, people-0-mobile and so on; each line draws itself."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, str]]:
        rows: dict[int, dict[str, str]] = {}
        for key, value in data.items():
            found = re.fullmatch(rf"{re.escape(name)}-([0-9]{{1,3}})-(\w+)", key)
            if found:
                rows.setdefault(int(found[1]), {})[found[2]] = value
        return [rows[number] for number in sorted(rows)]


class ColleaguesForm(OnceForm):
    """The table: who is to be added, with what, and what is still to be said."""

    people = forms.Field(label=gettext_lazy("People"), widget=LinesWidget, required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["way_in"] = way_in()

    @property
    def invites(self) -> bool:
        """Whether the people of a valid form get links instead of temporary passwords."""
        return bool(self.cleaned_data["way_in"] == INVITE)

    @cached_property
    def roles(self) -> dict[str, Role]:
        """What this person may give, by code."""
        return {role.code: role for role in Role.objects.order_by("pk") if is_within(self.by, role)}

    @cached_property
    def lines(self) -> list[ColleagueForm]:
        """The lines as they are drawn; those of a sent form know their errors."""
        roles = [(code, begun(role.name)) for code, role in self.roles.items()]
        first = {"role": DEFAULT_ROLE if DEFAULT_ROLE in self.roles else ""}
        rows = self["people"].value() or [first] * BLANK_LINES
        if self.adds_line:
            rows = [*rows, first][:MOST]
        lines = []
        for at, row in enumerate(rows):
            prefix = f"people-{at}"
            if self.is_bound and not self.adds_line:
                data = {f"{prefix}-{name}": cell for name, cell in row.items()}
                lines.append(ColleagueForm(data, prefix=prefix, roles=roles))
            else:
                lines.append(ColleagueForm(initial=row, prefix=prefix, roles=roles))
        return lines

    @property
    def adds_line(self) -> bool:
        """Whether the button only asked for one more line: what was typed is shown again, nothing is checked."""
        return self.is_bound and "add_line" in self.data

    @property
    def errors(self) -> Any:
        return forms.utils.ErrorDict() if self.adds_line else super().errors

    def is_valid(self) -> bool:
        return not self.adds_line and super().is_valid()

    def clean_people(self) -> list[ColleagueForm]:
        if len(self.lines) > MOST:
            raise forms.ValidationError(_("At most %(most)s people at once.") % {"most": MOST})
        taken = [line for line in self.lines if line.has_changed()]
        right = [line for line in taken if line.is_valid()]
        self._look_up(right)
        self._find_doubles(right)
        self._look_at_teams(right)
        if not taken:
            raise forms.ValidationError(_("Write at least one person: a mobile number is enough."))
        if any(line.errors for line in taken):
            raise forms.ValidationError(_("Please check the lines"))
        return right

    def _look_up(self, lines: list[ColleagueForm]) -> None:
        """Who is here already is left as they are; a number of one person with the address of another can't be."""
        numbers = {line.cleaned_data["mobile"] for line in lines} - {"", None}
        addresses = {line.cleaned_data["email"] for line in lines} - {"", None}
        # unscoped: a sign-in name is taken by anybody who has it
        there = list(User._base_manager.filter(Q(mobile__in=numbers) | Q(email__in=addresses)))
        by_name = {name: user for user in there for name in (user.mobile, user.email) if name}
        names = dict(User.objects.for_user(self.by).filter(pk__in=[one.pk for one in there]).values_list("pk", "name"))
        for line in lines:
            data = line.cleaned_data
            found = {user.pk: user for name in ("mobile", "email") if (user := by_name.get(data[name]))}
            if len(found) > 1:
                line.add_error("email", _("Number and address belong to two people who are here already."))
            line.found = next(iter(found.values()), None)
            if line.found is not None:
                line.found_as = names.get(line.found.pk) or data["mobile"] or data["email"]

    def _find_doubles(self, lines: list[ColleagueForm]) -> None:
        for name in ("mobile", "email"):
            count = Counter(line.cleaned_data.get(name) for line in lines)
            first: dict[str, int] = {}
            for at, line in enumerate(self.lines, start=1):
                value = line.cleaned_data.get(name) if line in lines else None
                if value and count[value] > 1 and first.setdefault(value, at) != at:
                    line.add_error(
                        name, _("The same as in line %(n)s. Leave one of the two out.") % {"n": first[value]}
                    )

    def _look_at_teams(self, lines: list[ColleagueForm]) -> None:
        reach, may_add = Team.objects.for_user(self.by, "user.add"), self.by.can("team.add")
        paths = {line.cleaned_data["team"] for line in lines if line.cleaned_data.get("team") and not line.found}
        known = {path: team_by_path(path) for path in paths}
        allowed = set(reach.filter(pk__in=[team.pk for team in known.values() if team]).values_list("pk", flat=True))
        for line in lines:
            path = line.cleaned_data.get("team")
            if not path or line.found:
                continue
            team = known[path]
            line.is_new_team = team is None and may_add
            if team is None and not may_add:
                line.add_error("team", _("There is no team of this name, and you may not add teams."))
            elif team is not None and team.pk not in allowed:
                line.add_error("team", _("You may not put anybody into this team."))

    @property
    def new_teams(self) -> list[str]:
        """Those that will be made, in the order of the lines."""
        return list(dict.fromkeys(line.cleaned_data["team"] for line in self.lines if line.is_new_team))

    @property
    def shows_new_teams(self) -> str:
        """As the page sends it back: a team that came since is shown before it is made."""
        return APART.join(self.new_teams)

    def unnamed_teams(self) -> bool:
        """Whether a team would be made that the page hasn't named yet."""
        return not set(self.new_teams) <= set(self.data.get("named_teams", "").split(APART))

    def newcomers(self) -> list[dict[str, Any]]:
        """The people of a valid form who aren't here yet."""
        return [line.person() for line in self.cleaned_data["people"] if line.found is None]


def table_of(found: list[Found]) -> dict[str, str]:
    """What the table is sent as when these people were read; its lines then say what is wrong with them."""
    data: dict[str, str] = {}
    for at, person in enumerate(found):
        cells = {name: person.cells.get(name, "") for name in FIELDS}
        cells["role"] = "" if cells["role"] == NO_ROLE_OF_OURS else cells["role"] or DEFAULT_ROLE
        cells |= {"rest": APART.join(person.rest)[:400], "line": str(person.line)}
        data |= {f"people-{at}-{name}": cell for name, cell in cells.items()}
    return data
