"""import_users FILE --map field=column,...: people from CSV or XLSX, known ones are updated."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import issued
from accounts.models import Role, Team, User
from accounts.names import normal_email
from accounts.services import LastAdministratorError, team_by_path, user_change, user_create
from core.phones import BadPhoneError, checked_mobile
from core.refusals import BadCellError
from intake.filecommand import FileCommand
from intake.spelling import word
from intake.tabular import Table

DEFAULT_ROLE = "rep"
LONGEST_TEAM = Team._meta.get_field("name").max_length
# What firms call these roles, besides the codes and the names that the product shows.
ROLE_WORDS = {
    "rep": ("销售", "销售员", "业务员", "业务代表", "销售顾问", "sales", "salesperson", "sales representative"),
    "team_lead": ("主管", "销售主管", "团队主管", "团队负责人", "队长", "lead", "team leader", "supervisor"),
    "manager": ("销售经理", "总经理", "总监", "老板", "sales manager", "director", "owner"),
    "service_agent": ("客服专员", "客服人员", "售后", "agent", "service", "support", "customer service"),
    "auditor": ("审计", "稽核"),
    "administrator": ("系统管理员", "超级管理员", "admin", "system administrator"),
}


@dataclass(frozen=True)
class Person:
    """One good row; empty cells are left out of an update."""

    name: str
    email: str | None
    mobile: str | None
    team: str
    role: str


class Command(FileCommand):
    help = (
        "Import users from CSV or XLSX (also .gz): made with a temporary password, or updated by e-mail or mobile. "
        "The passwords stand in a file for a day (passwords_file)."
    )
    fields = ("name", "mobile", "email", "team", "role")
    headers: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("姓名", "名字", "员工姓名", "full name"),
        "mobile": ("手机", "手机号", "手机号码", "phone", "mobile number"),
        "email": ("邮箱", "电子邮箱", "e-mail", "mail"),
        "team": ("团队", "部门", "小组", "department"),
        "role": ("角色", "职务", "岗位"),
    }

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="check the file, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        self.dry_run = options["dry_run"]
        self.roles = {role.code: role for role in Role.objects.all()}
        self.role_words = _role_words(self.roles.values())
        self.issued: list[tuple[str, str, str]] = []
        super().handle(*args, **options)

    def _columns(self, text: str, table: Table) -> dict[str, str]:
        """Only what --map names; without it all fields under their own names."""
        columns = super()._columns(text, table)
        named = {part.partition("=")[0].strip() for part in text.split(",") if part.strip()}
        return {name: column for name, column in columns.items() if name in named or not named}

    def read(self, cells: Mapping[str, str]) -> Person:
        """One person; BadCellError names field and cure."""
        name, role = " ".join(cells.get("name", "").split()), cells.get("role", "").strip()
        email, mobile = _email(cells.get("email", "").strip()), _mobile(cells.get("mobile", "").strip())
        if not (email or mobile):
            raise BadCellError(_("e-mail and mobile number are both empty: people sign in with one of them"))
        if not name or len(name) > 80:
            raise BadCellError(_("name: give between 1 and 80 characters"))
        code = self.role_words.get(word(role), "")
        if role and not code:
            known = ", ".join(f"{found.name} ({code})" for code, found in self.roles.items())
            raise BadCellError(_("role: “%(role)s” isn't one of %(known)s") % {"role": role[:60], "known": known})
        team = cells.get("team", "").strip()
        if any(len(part) > LONGEST_TEAM for part in team.split("/")):
            raise BadCellError(_("team: at most %(limit)s characters a name") % {"limit": LONGEST_TEAM})
        return Person(name, email, mobile, team, code)

    def write(self, rows: list[Any]) -> dict[str, Any]:
        """All or nothing; a dry run does the same and takes it back."""
        counts = {"created": 0, "updated": 0, "unchanged": 0, "refused": 0}
        with transaction.atomic():
            for person in rows:
                counts[self._store(person)] += 1
            passwords = self._passwords_file()  # before the commit: no account without its password
            transaction.set_rollback(self.dry_run)
        return {**counts, "dry_run": self.dry_run, "passwords_file": passwords}

    def _store(self, person: Person) -> str:
        user = _known(person)
        if user is None:
            self._make(person)
            return "created"
        try:
            with transaction.atomic():
                return "updated" if user_change(user=user, changes=self._changes(person), by=None) else "unchanged"
        except LastAdministratorError:
            self.stderr.write(_("%(name)s stays administrator: it is the last one.") % {"name": user.name})
        except IntegrityError:
            self.stderr.write(_("%(name)s: e-mail and mobile number belong to two users.") % {"name": person.name})
        return "refused"

    def _make(self, person: Person) -> None:
        team = team_by_path(person.team, create=True) if person.team else None
        user, password = user_create(
            name=person.name,
            email=person.email,
            mobile=person.mobile,
            team=team,
            role=self.roles[person.role or DEFAULT_ROLE],
            by=None,
        )
        self.issued.append((user.name, user.email or user.mobile or "", password))

    def _changes(self, person: Person) -> dict[str, Any]:
        given = {"name": person.name, "email": person.email, "mobile": person.mobile}
        given["role"] = self.roles.get(person.role)
        given["team"] = team_by_path(person.team, create=True) if person.team else None
        return {name: value for name, value in given.items() if value}

    def _passwords_file(self) -> str | None:
        """Where the temporary passwords stand for a day; only its owner may read it."""
        if self.dry_run or not self.issued:
            return None
        issued.forget_old()
        self.stderr.write(_("The file with the temporary passwords is deleted after a day. Hand them out until then."))
        return str(issued.write(self.issued))


def _role_words(roles: Iterable[Role]) -> dict[str, str]:
    """{word: code of the role} of codes, of the names in both languages, and of what firms call them."""
    words: dict[str, str] = {}
    for role in roles:
        spellings = (role.code, role.code.replace("_", " "), role.name_en, role.name_zh)
        words |= {word(text): role.code for text in (*ROLE_WORDS.get(role.code, ()), *spellings)}
    return words


def _email(text: str) -> str | None:
    if not text:
        return None
    try:
        return normal_email(text)
    except ValidationError as error:
        raise BadCellError(_("email: “%(text)s”: %(why)s") % {"text": text, "why": error.message}) from None


def _mobile(text: str) -> str | None:
    if not text:
        return None
    try:
        return checked_mobile(text)
    except BadPhoneError as error:
        raise BadCellError(_("mobile: %(problem)s") % {"problem": error}) from error


def _known(person: Person) -> User | None:
    """The account with this e-mail, else with this number."""
    users = User.objects.select_related("role", "team")
    by_email = users.filter(email=person.email).first() if person.email else None
    return by_email or (users.filter(mobile=person.mobile).first() if person.mobile else None)
