"""`/settings/users/add/`: several colleagues at once, written by hand, pasted or from a file."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import services
from accounts.backends import find_account
from accounts.decorators import FORM, needs
from accounts.http import Request
from accounts.models import Team, User
from accounts.pages.forms import INVITE
from accounts.pages.handout import handout_page, shown_again
from accounts.passwords import temporary
from accounts.selectors import team_paths
from core.refusals import BadCellError
from intake import files
from intake.colleagues import reading
from intake.colleagues.forms import MOST, ColleaguesForm, ListForm, table_of
from intake.spelling import word
from intake.tabular import TabularError
from intake.user_file import role_words, team_named
from ui import toasts
from ui.flow import form_page

TEMPLATE = "imports/colleagues.html"


@needs("user.add", FORM)
def colleagues_add(request: Request) -> HttpResponse:
    """A list is read into the table, by the first of its two forms; the second one adds who stands in the table."""
    if request.method == "POST" and "read" in request.POST:
        return _read(request)
    sent: list[ColleaguesForm] = []

    def bound(**given: Any) -> ColleaguesForm:
        sent.append(ColleaguesForm(by=request.user, **given))
        return sent[-1]

    def add(form: ColleaguesForm) -> User:
        newcomers = form.newcomers()
        if not newcomers:
            raise ValidationError(_("Everybody in this list is here already. Nothing was changed."))
        try:
            made = []
            for person in newcomers:
                given = {
                    **person,
                    "role": form.roles[person["role"]],
                    "team": team_named(person["team"], request.user, "user.add"),
                }
                password = None if form.invites else _password(form, person)
                user, _shown = services.user_create(**given, password=password, by=request.user)
                if form.invites:
                    services.user_invite(user=user, by=request.user)
                made.append(user)
        except BadCellError as error:
            raise ValidationError(str(error)) from error
        except services.RoleBeyondOwnError:
            raise ValidationError(_("You can't give a role that may do more than yours.")) from None
        except IntegrityError:
            raise ValidationError(
                _("Somebody else added one of these people in this moment. Please look again.")
            ) from None
        return made[0]

    def ask(form: ColleaguesForm) -> dict[str, Any]:
        return {"asks_for_teams": True} if form.unnamed_teams() else {}

    def answer(first: User) -> HttpResponse | str:
        return _handed_out(request, sent[-1]) or reverse("user_list")

    return form_page(
        request,
        bound,
        TEMPLATE,
        once=User,
        save=add,
        ask=ask,
        then=answer,
        back=reverse("user_list"),
        reading=ListForm(),
        **_offered(request),
    )


def _offered(request: Request) -> dict[str, Any]:
    return {"paths": team_paths(request.user, "user.add"), "most": MOST}


def _password(form: ColleaguesForm, person: dict[str, Any]) -> str:
    """The same when the form comes twice, and another for each person."""
    key = form.cleaned_data["idempotency_key"] or uuid.uuid4()
    return temporary(f"{key}-{person['mobile'] or person['email']}")


def _handed_out(request: Request, form: ColleaguesForm) -> HttpResponse | None:
    """The page with the links or passwords of those whom this form made; None when they have others by now."""
    wanted = {line.person()["mobile"] or line.person()["email"]: line for line in form.cleaned_data["people"]}
    shown, here = [], []
    for name, line in wanted.items():
        person = line.person()
        user = find_account(name)
        again = shown_again(user, _password(form, person), invited=form.invites, to=request.user) if user else None
        if again:
            shown.append(again)
        elif line.found is not None:
            here.append(line.found_as)
    if not shown:
        toasts.info(request, _("These people are made already."))
        return None
    return handout_page(request, shown, new=True, here=here)


def _read(request: Request) -> HttpResponse:
    form, people = ListForm(request.POST, request.FILES), []
    if form.is_valid():
        try:
            people = _people(request, form)
        except TabularError as error:
            form.add_error("file", str(error))
    if not form.errors and not people:
        form.add_error("file" if form.cleaned_data["file"] else "text", _("No person stands in this list."))
    if len(people) > MOST:
        text = _("The list names %(count)s people; at most %(most)s at once. Bring it as an import, or in parts.")
        form.add_error(None, text % {"count": len(people), "most": MOST})
        people = []
    if form.errors:
        table = ColleaguesForm(by=request.user)
    else:
        table = ColleaguesForm(
            {**table_of(people), "idempotency_key": str(uuid.uuid4()), "way_in": INVITE}, by=request.user
        )
    wrong = bool(form.errors) or not table.is_valid()
    context = {"form": table, "reading": form, "was_read": not form.errors, "back": reverse("user_list")}
    return render(request, TEMPLATE, {**context, **_offered(request)}, status=422 if wrong else 200)


def _people(request: Request, form: ListForm) -> list[reading.Found]:
    by = request.user
    roles = ColleaguesForm(by=by).roles.values()
    teams = frozenset(word(name) for name in Team.objects.for_user(by).values_list("name", flat=True))
    words = reading.Words(role_words(roles), teams | {word(path) for path in team_paths(by, "user.add")})
    upload = form.cleaned_data["file"]
    if not upload:
        return reading.read_text(form.cleaned_data["text"], words)
    path, table = files.keep_upload(upload.chunks(), upload.name or _("file"))
    try:
        rows: list[tuple[int, list[str]]] = [(table.look["header_row"], table.columns)]
        for _number, cells in table.rows():
            rows.append((table.place, list(cells)))
            if len(rows) > reading.MOST_LINES:  # the count says so
                break
        return reading.read_rows(rows, words)
    finally:
        files.drop_upload(path)
