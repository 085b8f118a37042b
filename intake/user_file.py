"""People who sign in, from files: made with a temporary password, or updated by e-mail or mobile number.

Whoever brings such a file may no more than on the pages of users and teams: people in reach, no role beyond the own.
The temporary passwords stand in a file for a day, for whoever brought the users to hand out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import issued
from accounts.models import Role, Team, User
from accounts.names import normal_email
from accounts.passwords import temporary
from accounts.services import LastAdministratorError, RoleBeyondOwnError, team_by_path, user_change, user_create
from core.phones import BadPhoneError, checked_mobile
from core.refusals import BadCellError
from core.versions import StaleVersionError
from intake import cellkinds, stage
from intake.kinds import Column, Kind, Run
from intake.models import ImportJob
from intake.plain import CHANGES, COUNTS, Read, Row, plain_steps
from intake.spelling import word

DEFAULT_ROLE = "rep"
BATCH = 100  # each new account costs a slow hash
LONGEST_TEAM = Team._meta.get_field("name").max_length or 0
COLUMNS = (
    Column(
        "name", pgettext_lazy("of a person", "name"), ("姓名", "名字", "员工姓名", "full name"), holds=cellkinds.NAME
    ),
    Column(
        "mobile",
        gettext_lazy("mobile number"),
        ("手机", "手机号", "手机号码", "电话", "联系电话", "移动电话", "phone", "mobile number", "tel"),
        holds=cellkinds.PHONE,
    ),
    Column("email", gettext_lazy("e-mail"), ("邮箱", "电子邮箱", "e-mail", "mail"), holds=cellkinds.EMAIL),
    Column("team", gettext_lazy("team"), ("团队", "部门", "小组", "所属团队", "department")),
    Column("role", gettext_lazy("role"), ("角色", "职务", "岗位", "职位", "position", "job title")),
)
# What firms call these roles, besides the codes and the names that the product shows.
ROLE_WORDS = {
    "rep": ("销售", "销售员", "业务员", "业务代表", "销售顾问", "sales", "salesperson", "sales representative"),
    "team_lead": ("主管", "销售主管", "团队主管", "团队负责人", "队长", "lead", "team leader", "supervisor"),
    "manager": ("销售经理", "总经理", "总监", "sales manager", "director"),
    "service_agent": ("客服专员", "客服人员", "售后", "agent", "service", "support", "customer service"),
    "auditor": ("审计", "稽核"),
    "administrator": ("系统管理员", "超级管理员", "admin", "system administrator"),
    "owner": ("老板", "企业负责人", "创始人", "boss", "founder", "business owner", "company owner", "proprietor"),
}


def missing(mapping: Mapping[str, str]) -> str:
    """What this mapping lacks, as a sentence."""
    if "name" not in mapping:
        return _("Choose the column with the person's name (name).")
    if not {"email", "mobile"} & set(mapping):
        return _("Choose the column with the e-mail (email) or mobile number (mobile): people sign in with it.")
    return ""


# --- one row ---------------------------------------------------------------------------------------------------------
def person_reader(run: Run) -> Read:
    """Reads one person; BadCellError names field and cure."""
    roles = {role.code: role for role in Role.objects.all()}
    known_roles = role_words(roles.values())

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        name, role = " ".join(cells.get("name", "").split()), cells.get("role", "").strip()
        email, mobile = _email(cells.get("email", "").strip()), _mobile(cells.get("mobile", "").strip())
        if not (email or mobile):
            raise BadCellError(_("e-mail and mobile number are both empty: people sign in with one of them"))
        if not name or len(name) > 80:
            raise BadCellError(_("name: give between 1 and 80 characters"))
        code = known_roles.get(word(role), "")
        if role and not code:
            known = ", ".join(f"{found.name} ({code})" for code, found in roles.items())
            raise BadCellError(_("role: “%(role)s” isn't one of %(known)s") % {"role": role[:60], "known": known})
        team = cells.get("team", "").strip()
        if any(len(part) > LONGEST_TEAM for part in team.split("/")):
            raise BadCellError(_("team: at most %(limit)s characters a name") % {"limit": LONGEST_TEAM})
        return {"name": name, "email": email, "mobile": mobile, "team": team, "role": code}

    return read


def role_words(roles: Iterable[Role]) -> dict[str, str]:
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


# --- writing ---------------------------------------------------------------------------------------------------------
def write_people(run: Run, rows: Sequence[Row]) -> None:
    """Make and change users; the passwords are in their file before the accounts are."""
    roles = {role.code: role for role in Role.objects.all()}
    new: list[tuple[str, str, str]] = []
    for row in rows:
        try:
            with transaction.atomic():
                row.outcome = _store(run, row, roles, new.append)
        except BadCellError as error:
            row.reason = str(error)
        except LastAdministratorError:
            row.reason = _("%(name)s keeps the role: this is the last owner or administrator.") % {
                "name": row.data["name"]
            }
        except RoleBeyondOwnError:
            row.reason = _("You can't give a role that may do more than yours.")
        except StaleVersionError:
            row.reason = _("%(name)s was changed by somebody else in this moment.") % {"name": row.data["name"]}
        except IntegrityError:
            row.reason = _("%(name)s: e-mail and mobile number belong to two users.") % {"name": row.data["name"]}
    if new and not run.dry:
        issued.forget_old()
        issued.write(new, path=passwords_path(run.job))


def _store(run: Run, row: Row, roles: Mapping[str, Role], issue: Callable[[tuple[str, str, str]], None]) -> str:
    """created, updated or unchanged. Empty cells change nothing."""
    data, by = row.data, run.user
    users = User.objects.select_related("role", "team")
    user = users.filter(email=data["email"]).first() if data["email"] else None
    user = user or (users.filter(mobile=data["mobile"]).first() if data["mobile"] else None)
    if user is None:
        sign_in = {"email": data["email"], "mobile": data["mobile"]}
        password = temporary(f"import-{run.job.pk}-{row.row_no}")
        user, _password = user_create(
            name=data["name"],
            **sign_in,
            team=team_named(data["team"], by, "user.add"),
            role=roles[data["role"] or DEFAULT_ROLE],
            password=None if run.dry else password,
            by=by,
        )
        issue((user.name, user.email or user.mobile or "", password))
        return "created"
    if by is not None and not User.objects.for_user(by, "user.change").filter(pk=user.pk).exists():
        raise BadCellError(_("This e-mail or mobile number belongs to somebody whom you may not change."))
    given = {
        "name": data["name"],
        "email": data["email"],
        "mobile": data["mobile"],
        "role": roles.get(data["role"]),
        "team": team_named(data["team"], by, "user.change"),
    }
    changed = user_change(user=user, changes={name: value for name, value in given.items() if value}, by=by)
    return "updated" if changed else "unchanged"


def team_named(path: str, by: User | None, permission: str) -> Team | None:
    """The team of a path such as East/Shanghai, made if it is missing and `by` may make teams."""
    if not path:
        return None
    team = team_by_path(path, create=by is None or by.can("team.add"))
    if team is None:
        raise BadCellError(_("team: there is no team “%(team)s”, and you may not add teams.") % {"team": path[:60]})
    if by is not None and not Team.objects.for_user(by, permission).filter(pk=team.pk).exists():
        raise BadCellError(_("team: you may not put anybody into “%(team)s”.") % {"team": path[:60]})
    return team


def passwords_path(job: ImportJob) -> Path:
    """Where the temporary passwords of this import stand for a day."""
    return issued.path_of(f"import-{job.pk}")


USERS = Kind(
    code="users",
    label=gettext_lazy("users"),
    permission="user.add",
    columns=COLUMNS,
    steps=plain_steps(person_reader, write_people, batch=BATCH),
    check=missing,
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=stage.clear,
    counts=COUNTS,
    new="created",
    changes=CHANGES,
    chosen=True,
    home=("user_list", gettext_lazy("To the users")),
    handout=passwords_path,
    handout_words=gettext_lazy("Temporary passwords"),
    no_undo=gettext_lazy("Accounts can't be taken back as a whole. Switch people off on the page of users."),
)
