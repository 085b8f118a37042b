"""The three things that happen on a page: a form is filled in, a button is pressed, somebody is chosen.

All forms share one behaviour. What was typed survives an ended session and, as a draft, a closed browser; a form that
is sent twice makes one thing; what is wrong stands beside its field; somebody else's newer version is merged, or shown
side by side with a choice per field; after success the person is told and led on. docs/pages.md shows how to write one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError
from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.http import safe_next
from core.idempotency import SENT_BEFORE, KeyReusedError, already_made, create_once, was_used
from core.versions import StaleVersionError
from ui import conflicts, drafts, hooks, toasts
from ui.conflicts import Edit
from ui.edit_merge import Merge
from ui.files import Files
from ui.forms import Part
from ui.listing import Empty

FormMaker = Callable[..., Any]  # called with data= and initial=: a form class, or functools.partial of one
Words = str | Promise
Told = Words | Callable[[Any], Words]  # words, or a function of what was made
Target = str | Callable[[Any], str]  # an address, or a function of what was made
Then = str | Callable[[Any], str | HttpResponse]  # the same, or a function that gives the answer itself
Errors = type[Exception]
TRIES = 5  # of saving over a row that others keep changing
CHOICES = 20
LONGEST_QUERY = 100
FOREIGN_KEY_VIOLATION = "23503"  # as PostgreSQL numbers it
REFUSED = object()  # a form that a service refused: not what it made, which may be None


# --- a form ----------------------------------------------------------------------------------------------------------
def form_page(
    request: HttpRequest,
    form: FormMaker,
    template: str,
    *,
    save: Callable[[Any], Any],
    said: Told = "",
    then: Then,
    once: type[Model] | None = None,
    initial: Mapping[str, Any] | None = None,
    draft: str = "",
    undo: Target = "",
    refused: Sequence[Errors] = (),
    ask: Callable[[Any], Mapping[str, Any]] | None = None,
    back: str = "",
    **context: Any,
) -> HttpResponse:
    """A page with a form that makes or does something; `save(form)` gets it valid.

    `once`: the model of what is made, for a `OnceForm`: the same form sent twice makes one and answers alike.
    `draft`: the key under which typed text is kept. `refused`: exceptions of `save`, beside ValidationError, whose
    words are shown above the form. Where `save` returns a response, that is the answer. `ask(form)` may stop a valid
    form with a question: it gives what the template needs to put it, or nothing. An address as `then` gives way to the
    `next` of the request; a function may also give a response, such as a page that shows a value once. Rows in
    `context` reach the template masked; `save` works with its own.
    """
    bound, kept = _bind(request, form, initial or {}, draft)
    valid = request.method == "POST" and bound.is_valid()
    if once and not valid and (before := _made_before(request, bound, once)) is not None:
        return _done(request, before, said=said, then=then, draft=draft, undo=undo)
    # A second press of the button finds what the first one made: there is nothing left to ask.
    question = ask(bound) if valid and ask is not None and not (once and _was_sent(request, bound)) else {}
    if valid and not question:
        made = _saved(request, bound, save, once, refused)
        if made is not REFUSED:
            return _done(request, made, said=said, then=then, draft=draft, undo=undo)
    context |= {"back": safe_next(request, back or _plain(then)), "draft_key": draft, "draft_found": bool(kept)}
    return _show_form(request, bound, template, {**context, **question}, asks=bool(question))


@dataclass(frozen=True)
class PageForm:
    """One of several forms on a page (`forms_page`); its fields mean what they mean there and in `form_page`."""

    form: FormMaker
    save: Callable[[Any], Any]
    said: Told = ""
    once: type[Model] | None = None
    initial: Mapping[str, Any] = field(default_factory=dict)
    refused: Sequence[Errors] = ()
    undo: Target = ""


def forms_page(
    request: HttpRequest,
    template: str,
    *,
    find: Callable[[], Any],
    forms: Callable[[Any], Mapping[str, PageForm]],
    show: Callable[[Any], Mapping[str, Any]],
    then: Then,
) -> HttpResponse:
    """The page of a stored row with several forms, one for each thing that can be done with it.

    A form sends its name as `act`; the names of its controls may be those of another form, their ids begin with its
    own. What is wrong with one form is said on the same page, in that form. `find` reads the row through its door;
    `forms(row)` and `show(row)`, the context, are asked for the row as it is when the page is drawn. A `StepForm`
    that was sent over a newer version of the row does nothing: with 409 and `stale` the page is drawn over what the
    row is now, with everything typed. The template gets `forms` by name, `sent`, the name of the form in question,
    and `stale`.
    """
    row, stale = find(), False
    offered = forms(row)
    data = hooks.sent_or_held(request)
    sent = str(data.get("act", "")) if data is not None else ""
    bound: dict[str, Any] = {}
    if request.method == "POST" and sent in offered:
        one = offered[sent]
        form = bound[sent] = _one_of(sent, one, row, data)
        stale = "version" in form.fields and request.POST.get("version") != str(conflicts.version_of(row))
        if not stale and form.is_valid():
            try:
                made = _saved(request, form, one.save, one.once, one.refused)
            except StaleVersionError:
                stale = True
            else:
                if made is not REFUSED:
                    return _done(request, made, said=one.said, then=then, undo=one.undo)
        row = find()
        offered = forms(row)
        if stale:
            data = request.POST.copy()
            data["version"] = str(conflicts.version_of(row))
            bound = {}
    drawn = {name: _one_of(name, one, row, data if name == sent else None) for name, one in offered.items()} | bound
    shown = {name: hooks.masked_copy(request.user, value) for name, value in show(row).items()}
    status = 409 if stale else 422 if request.method == "POST" else 200
    return render(request, template, {**shown, "forms": drawn, "sent": sent, "stale": stale}, status=status)


def _one_of(name: str, one: PageForm, row: Any, data: Any) -> Any:
    """A form of several, bound to what was sent or kept for it."""
    start = {"version": conflicts.version_of(row), **one.initial}
    return one.form(data=data, initial=start, auto_id=f"{name}_%s")


def edit_page(
    request: HttpRequest,
    form: FormMaker,
    template: str,
    *,
    find: Callable[[], Any],
    save: Callable[[Edit], Any],
    said: Told,
    then: Then,
    row: Any = None,
    initial: Mapping[str, Any] | None = None,
    draft: str = "",
    undo: Target = "",
    refused: Sequence[Errors] = (),
    ask: Callable[[Any], Mapping[str, Any]] | None = None,
    back: str = "",
    stale: str = "ui/stale.html",
    **context: Any,
) -> HttpResponse:
    """A page that changes a stored row by a `VersionedForm`.

    `find` reads the row through its door, again when somebody else was faster: it may be out of reach by then. `row`
    is what it gave, where the view needed it before. `save(edit)` writes `edit.changes` over `edit.row` at
    `edit.version` and raises StaleVersionError over a newer one; it isn't called when nothing was changed. `stale` is
    the template that asks which value of two people to keep. The rest is as in `form_page`.
    """
    row = find() if row is None else row
    bound, kept = _bind(request, form, initial or {}, draft, row)
    back = safe_next(request, back or _plain(then))
    valid = request.method == "POST" and bound.is_valid()
    question = ask(bound) if valid and ask is not None else {}
    if valid and not question:
        try:
            original = _original(bound, row)
            row, result = _save_over(bound, row, original, find, save)
        except ValidationError as error:
            add_errors(bound, error)
        except tuple(refused) as error:
            bound.add_error(None, str(error))
        else:
            if result.conflicts:
                return _ask(request, bound, row, result, original, back, stale)
            words = _merged_words(bound, result) or said
            return _done(request, row, said=words, then=then, draft=draft, undo=undo)
    context |= {"back": back, "draft_key": draft, "draft_found": bool(kept), "row": row}
    return _show_form(request, bound, template, {**context, **question}, asks=bool(question))


def _bind(
    request: HttpRequest, form: FormMaker, initial: Mapping[str, Any], draft: str, row: Any = None
) -> tuple[Any, Mapping[str, Any]]:
    """The form with what was sent or kept; else with its beginning, and over that the draft."""
    data = hooks.sent_or_held(request)
    kept = (drafts.kept(request.user, draft) if draft and data is None else None) or {}
    brought = {"files": request.FILES} if request.FILES else {}
    bound = form(data=data, initial=dict(initial), **brought)
    if row is not None:
        conflicts.open_over(bound, row)
    bound.initial |= {name: value for name, value in kept.items() if name in bound.fields}
    for name, part in bound.fields.items():
        if isinstance(part, Part) and not part.widget.value_omitted_from_data(kept, {}, bound.add_prefix(name)):
            bound.initial[name] = part.widget.value_from_datadict(kept, {}, bound.add_prefix(name))
    return bound, kept


def _saved(
    request: HttpRequest,
    form: Any,
    save: Callable[[Any], Any],
    once: type[Model] | None,
    refused: Sequence[Errors],
) -> Any:
    """What `save` made of a valid form, or REFUSED, and then the form says why."""
    try:
        return save(form) if once is None else _make_once(request, form, once, save)
    except ValidationError as error:
        add_errors(form, error)
    except KeyReusedError:
        form.add_error(None, SENT_BEFORE)
    except tuple(refused) as error:
        form.add_error(None, str(error))
    except (IntegrityError, ObjectDoesNotExist) as error:
        broken = isinstance(error, IntegrityError)
        if broken and getattr(error.__cause__, "pgcode", "") != FOREIGN_KEY_VIOLATION:
            raise
        gone = _("What this belongs to was removed meanwhile. Nothing was saved; your text still stands here.")
        form.add_error(None, gone)
    return REFUSED


def _make_once(request: HttpRequest, form: Any, model: type[Model], save: Callable[[Any], Any]) -> Any:
    """The address counts as part of the form: it names the customer."""
    assert request.user.is_authenticated  # a form that makes something stands behind the sign-in
    made, _new = create_once(
        user=request.user,
        key=_key(form),
        data=_body(request, form),
        model=model,
        create=lambda: save(form),
    )
    return made


def _body(request: HttpRequest, form: Any) -> dict[str, Any]:
    about = {name: value for name, value in request.GET.lists() if name != "next"}
    return {"page": request.path, "about": about, "form": form.body()}


def _made_before(request: HttpRequest, form: Any, model: type[Model]) -> Any:
    """What this very form made when it was sent before, although it isn't valid any more: the files that it took then
    aren't there to be taken again. None for a new form, and for one with other entries, which says so itself."""
    if request.method != "POST" or not any(isinstance(field, Files) for field in form.fields.values()):
        return None
    assert request.user.is_authenticated
    try:
        key = str(form.fields["idempotency_key"].clean(form["idempotency_key"].data) or "")
        return already_made(user=request.user, key=key, data=_body(request, form), model=model) if key else None
    except (ValidationError, KeyReusedError):
        return None


def _was_sent(request: HttpRequest, form: Any) -> bool:
    assert request.user.is_authenticated
    return was_used(user=request.user, key=_key(form))


def _key(form: Any) -> str:
    return str(form.cleaned_data["idempotency_key"] or "")


def _original(form: Any, row: Any) -> conflicts.Values:
    """The row's values as the form was opened; a page without them counts as opened now if its version is the row's."""
    sealed = form.cleaned_data.get("original")
    if not sealed:
        opened_now = form.cleaned_data.get("version") == conflicts.version_of(row)
        return conflicts.as_opened(form, row) if opened_now else {}
    original = conflicts.unseal(sealed)
    if original is None:
        raise ValidationError(_("The form was changed on its way. Nothing was saved; open the page again."))
    return original


def _save_over(
    form: Any, row: Any, original: conflicts.Values, find: Callable[[], Any], save: Callable[[Edit], Any]
) -> tuple[Any, Merge]:
    """Write what this person changed; with conflicts nothing is written."""
    for _turn in range(TRIES):
        result = conflicts.compare(form, row, original)
        if result.conflicts or not result.mine:
            return row, result
        try:
            changes = {name: form.cleaned_data[name] for name in result.mine}
            save(Edit(row, changes, conflicts.version_of(row), original))
        except StaleVersionError:
            row = find()
        else:
            return row, result
    raise StaleVersionError(row)


def _ask(
    request: HttpRequest, form: Any, row: Any, result: Merge, original: conflicts.Values, back: str, template: str
) -> HttpResponse:
    """Field by field: mine, theirs, before; everything else travels along hidden."""
    context = {
        "by": getattr(row, "updated_by", None),
        "at": getattr(row, "updated_at", None),
        "fields": conflicts.questions(form, result),
        "kept": conflicts.carried(request.POST, form, result, row, original),
        "merged": [form.fields[name].label for name in result.theirs],
        "back": back,
    }
    return render(request, template, context, status=409)


def _merged_words(form: Any, result: Merge) -> str:
    if not result.theirs:
        return ""
    labels = ", ".join(str(form.fields[name].label) for name in result.theirs)
    return _("Saved. Meanwhile somebody else changed: %(fields)s. Both changes were kept.") % {"fields": labels}


def _show_form(
    request: HttpRequest, form: BaseForm, template: str, context: dict[str, Any], *, asks: bool = False
) -> HttpResponse:
    shown = {name: hooks.masked_copy(request.user, value) for name, value in context.items()}
    status = 422 if request.method == "POST" and (form.errors or asks) else 200
    return render(request, template, {**shown, "form": form}, status=status)


def add_errors(form: BaseForm, error: ValidationError) -> None:
    """Put a service's refusal beside the fields that it names, else on top of the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.message_dict.items():
        form.add_error(name if name in form.fields else None, messages)


# --- a button --------------------------------------------------------------------------------------------------------
def act(
    request: HttpRequest,
    do: Callable[[], Any],
    *,
    said: Told = "",
    then: Then,
    undo: Target = "",
    refused: Mapping[Errors, Words] | None = None,
    already: Mapping[Errors, Words] | None = None,
    or_to: Target = "",
) -> HttpResponse:
    """Do what a button stands for, say so with an undo, and lead back.

    `refused`: exceptions of `do` and what to say of them ("" = their own words); ValidationError and a stale version
    need no entry. `already`: those that only mean that there was nothing to do. `or_to`: where a refusal leads, if
    elsewhere than `then`; an address, or a function of the exception.
    """
    stale = _("Somebody else changed this in the meantime. Nothing was changed; look again.")
    sentences: dict[Errors, Words] = {ValidationError: "", StaleVersionError: stale, **(refused or {})}
    try:
        done = do()
    except tuple(already or ()) as error:
        toasts.info(request, str(_sentence(already or {}, error)))
    except tuple(sentences) as error:
        toasts.error(request, str(_sentence(sentences, error) or _own_words(error)))
        return to(request, or_to(error) if callable(or_to) else safe_next(request, or_to or _plain(then)))
    else:
        return _done(request, done, said=said, then=then, undo=undo)
    return to(request, safe_next(request, _plain(then)))


def _sentence(sentences: Mapping[Errors, Words], error: Exception) -> Words:
    """What to say of this exception or the nearest class above it."""
    return next(sentences[kind] for kind in type(error).__mro__ if kind in sentences)


def _own_words(error: Exception) -> str:
    return error.messages[0] if isinstance(error, ValidationError) else str(error)


def _done(
    request: HttpRequest, made: Any, *, said: Told, then: Then, undo: Target = "", draft: str = ""
) -> HttpResponse:
    """The draft is sent, the person is told and led on."""
    if draft:
        drafts.drop(request.user, draft)
    if isinstance(made, HttpResponseBase):
        return made  # type: ignore[return-value]  # a file that is sent as a stream is no HttpResponse
    words = str(said(made) if callable(said) else said)
    if words:
        toasts.success(request, words, undo=undo(made) if callable(undo) else undo)
    answer = then(made) if callable(then) else safe_next(request, then)
    return answer if isinstance(answer, HttpResponse) else to(request, answer)


def to(request: HttpRequest, address: str) -> HttpResponse:
    """Lead on: a redirect, also where only a part of the page was asked for."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def _plain(target: Then) -> str:
    return "/" if callable(target) else target


# --- a choice --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Choice:
    """One row to choose: a name with its avatar, small words below, and perhaps a note at the end."""

    pk: int
    name: str
    kind: str = "person"
    small: Sequence[str] = ()
    note: SafeString | str = ""


def choose(
    request: HttpRequest,
    find: Callable[[str], Any],
    draw: Callable[[Any], Choice],
    *,
    parameter: str,
    title: Words,
    question: Words,
    search: Words,
    hint: Words,
    heading: Words,
    empty: Empty,
    not_found: Empty,
) -> HttpResponse:
    """A page that lets somebody choose whom the page is about; the choice comes back as `?parameter=pk`.

    `find(text)` gives the rows in reach in their order, `text` is "" at first. They are masked before `draw` sees them.
    """
    text = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    rows = hooks.masked_copy(request.user, list(find(text)[:CHOICES]))
    stay = {name: str(value) for name, value in request.GET.items() if name not in ("q", parameter)}
    drawn = [draw(row) for row in rows]
    context = {
        "q": text,
        "choices": [(choice, f"?{urlencode({**stay, parameter: str(choice.pk)})}") for choice in drawn],
        "stay": stay,
        "title": title,
        "question": question,
        "search": search,
        "hint": hint,
        "heading": heading,
        "nothing": not_found if text else empty,
    }
    return render(request, "ui/chooser.html", context)
