"""`/segments/`: the list, one segment with its customers counted part by part, and the form that builds one."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.models import User
from core.http import row_id
from core.idempotency import KeyReusedError, create_once
from core.models import Draft
from core.versions import StaleVersionError
from segmentation.rules.set_form import show_amount
from segmentation.segments import services, tree, typed
from segmentation.segments.fields import specs
from segmentation.segments.forms import SegmentForm, codes_named, typed_of
from segmentation.segments.inaddress import PARAMETER, TooLongForAddressError, packed, unpacked
from segmentation.segments.listing import SEGMENTS, customers_url
from segmentation.segments.models import Segment
from segmentation.segments.selectors import Reading, count_parts, reading_of
from segmentation.segments.timing import TOO_LONG, TooLongError
from segmentation.segments.tree import Condition, Path
from segmentation.segments.typed import Typed
from segmentation.segments.words import (
    HIDDEN,
    CodeWords,
    begun,
    code_words,
    condition_words,
    group_words,
    problem_words,
    why_unusable,
)
from ui import drafts, toasts
from ui.flow import act, add_errors
from ui.listing import Asked, list_page

LONGEST_LIST = 4000  # of what a list asks for
NEW = "segment:new"  # the draft of a segment that isn't saved yet

ROWS = Segment.objects.select_related("owner", "updated_by")


# --- looking ---------------------------------------------------------------------------------------------------------
@needs(SEGMENTS.permission, READ)
def segment_list(request: Request) -> HttpResponse:
    """One's own and the shared ones."""
    return list_page(
        Asked(SEGMENTS, request),
        title=_("Segments"),
        template="segmentation/segments/list.html",
        may_add=request.user.can("segment.add"),
    )


@dataclass(frozen=True)
class Line:
    """A part of a segment in words, with how many customers it means alone; None: not counted."""

    text: str
    group: bool
    count: int | None
    wrong: str
    lines: list[Line]


@needs("segment.view", READ)
def segment(request: Request, pk: int) -> HttpResponse:
    """Whom it means, part by part."""
    user, row = request.user, row_for(ROWS, request.user, pk)
    reading = reading_of(user, row)
    codes, (counts, slow) = code_words(user, [reading.tree]), _counted(user, reading)
    context = {
        "segment": row,
        "line": _line(reading.tree, (), reading, codes, counts),
        "why": why_unusable(reading, codes) or slow,
        "count": counts.get(()) if reading.usable else None,
        "customers_url": customers_url(row),
        "follow_ups_url": f"{reverse('follow_up_list')}?segment={row.pk}" if user.can("follow_up.view") else "",
        "may_change": _may_change(request, row),
        "may_edit": not reading.hidden,
        "may_copy": user.can("segment.add") and not reading.hidden,
    }
    return render(request, "segmentation/segments/page.html", context)


def _counted(user: User, reading: Reading) -> tuple[Mapping[Path, int], str]:
    """(what each part means alone, why it isn't counted)."""
    try:
        return count_parts(user, reading), ""
    except TooLongError:
        return {}, str(TOO_LONG)


def _line(part: Any, path: Path, reading: Reading, codes: CodeWords, counts: Mapping[Path, int]) -> Line:
    count, problem = counts.get(path), reading.problems.get(path)
    wrong = problem_words(problem, part, codes) if problem else ""
    if isinstance(part, Condition):
        text = HIDDEN() if path in reading.hidden else condition_words(part, codes)
        return Line(begun(text), False, count, wrong, [])
    lines = [_line(one, (*path, n), reading, codes, counts) for n, one in enumerate(part.parts)]
    return Line(begun(group_words(part)), True, count, wrong, lines)


def _may_change(request: Request, row: Segment) -> bool:
    return Segment.objects.for_user(request.user, "change").filter(pk=row.pk).exists()


# --- building --------------------------------------------------------------------------------------------------------
@needs("segment.add", FORM)
def segment_new(request: Request) -> HttpResponse:
    """Build one; what was typed is kept with every press of a button."""
    return _Building(request, None).answer()


@needs("segment.change", FORM)
def segment_edit(request: Request, pk: int) -> HttpResponse:
    """Build it anew over what it is."""
    row = row_for(ROWS, request.user, pk, "change")
    if reading_of(request.user, row).hidden:
        raise PermissionDenied  # one would save what one doesn't see
    return _Building(request, row).answer()


@needs("segment.view", FORM)
def conditions_new(request: Request) -> HttpResponse:
    """Put conditions together that the customer list is narrowed by, without saving them as a segment.

    `?where=` are those to begin with, `?list=` is what else the list asks for.
    """
    return _Conditions(request).answer()


class _Building:
    """The form of one request. The draft holds what was typed, the `press` that kept it, and over which version."""

    unsaved = False  # whether it leads to a list instead of a segment

    def __init__(self, request: Request, row: Segment | None) -> None:
        self.request, self.row = request, row
        self.key = "segment:asked" if self.unsaved else f"segment:{row.pk}" if row else NEW
        self.address = reverse("segment_edit", args=[row.pk]) if row else reverse("segment_new")
        kept = Draft.objects.filter(user=request.user, form_key=self.key).first()
        self.kept = _read_draft(kept.data) if kept else None

    def answer(self) -> HttpResponse:
        """The page, or what a button of it does."""
        if self.request.method == "POST":
            return self._pressed()
        given = self.kept["typed"] if self.kept else self._begun()
        return self._page(given, checked="check" in self.request.GET)

    def _begun(self) -> Typed:
        given = typed_of(self.row) if self.row else typed.begun()
        return given | {"key": str(uuid.uuid4())}

    def _pressed(self) -> HttpResponse:
        pressed, user = self.request.POST.get("act", "count"), self.request.user
        if pressed == "drop":
            drafts.drop(user, self.key)
            return redirect(self._back())
        given = typed.typed_in(self.request.POST)
        typed.settle(given["tree"], partial(codes_named, user))
        if pressed == "live":
            return self._live(given)
        if self.request.POST.get("press") != self._press():
            return self._page(given, checked=False, stale=True, status=409)
        if pressed in ("save", "show"):
            return self._saved(given)
        if pressed.startswith("ask:"):
            of = pressed.removeprefix("ask:")
            pressed = f"add:{of}:{self.request.POST.get(f'{of}ask', '')}"
        jump = typed.changed(given, pressed, specs())
        self._keep(given)
        check = "check=1" if pressed == "count" else ""
        joint = "&" if "?" in self.address else "?"
        return redirect(f"{self.address}{joint if check else ''}{check}#{jump or 'count'}")

    def _press(self) -> str:
        return str(self.kept["press"]) if self.kept else "0"

    def _keep(self, given: Typed) -> None:
        base = self.kept["base"] if self.kept else self.row.version if self.row else 0
        press = (self.kept["press"] if self.kept else 0) + 1
        drafts.keep(self.request.user, self.key, json.dumps({"typed": given, "press": press, "base": base}))

    def _saved(self, given: Typed) -> HttpResponse:
        form, user = SegmentForm(given, self.request.user, checked=True), self.request.user
        if form.is_valid():
            values = {name: given[name] for name in ("name", "note", "shared")}
            values["tree"] = tree.stored(form.reading.tree)
            try:
                return self._done(self._write(given, values))
            except ValidationError as error:
                add_errors(form, error)
            except KeyReusedError as error:
                form.add_error(None, str(error))
            except StaleVersionError:
                self._keep(given)
                kept = Draft.objects.get(user=user, form_key=self.key)
                self.kept = _read_draft(kept.data)
                self.row = row_for(ROWS, user, self.row.pk, "change") if self.row else None
                return self._page(given, checked=False, newer=True, status=409)
        self._keep(given)
        self.kept = _read_draft(Draft.objects.get(user=user, form_key=self.key).data)
        return self._page(given, checked=True, form=form, status=422)

    def _write(self, given: Typed, values: dict[str, Any]) -> Segment:
        user, row = self.request.user, self.row
        if row is None:
            make = partial(services.segment_create, by=user, **values)
            made, _new = create_once(user=user, key=given["key"][:80], data=values, model=Segment, create=make)
            return made
        base = self.kept["base"] if self.kept else row.version
        over = row_id(self.request.POST.get("over", ""))
        version = base if over is None else over
        services.segment_change(segment=row, changes=values, version=version, by=user)
        return row

    def _done(self, made: Segment) -> HttpResponse:
        drafts.drop(self.request.user, self.key)
        toasts.success(self.request, _("Saved: %(name)s") % {"name": made.name})
        return redirect("segment", made.pk)

    def _back(self) -> str:
        return reverse("segment", args=[self.row.pk]) if self.row else reverse("segment_list")

    def _live(self, given: Typed) -> HttpResponse:
        """The counts alone, while somebody types; nothing is kept, and nothing is called wrong."""
        form = SegmentForm(given, self.request.user, checked=False, named=False)
        return render(self.request, "segmentation/segments/live.html", self._counts(form))

    def _counts(self, form: SegmentForm) -> dict[str, Any]:
        counts, slow = _counted(self.request.user, form.reading)
        usable = form.reading.usable
        return {
            "part": form.whole(counts),
            "count": counts.get(()) if usable else None,
            "slow": slow if usable else "",
            "address": self.address,
        }

    def _page(
        self, given: Typed, *, checked: bool, form: SegmentForm | None = None, status: int = 200, **more: Any
    ) -> HttpResponse:
        form = form or SegmentForm(given, self.request.user, checked=checked, named=False)
        context = {
            "row": self.row,
            "form": form,
            **self._counts(form),
            "asks": form.asks(),
            "press": self._press(),
            "key": given["key"],
            "kept": self.kept,
            "back": self._back(),
            "levels": tree.DEEPEST,
            "most": tree.MOST_CONDITIONS,
            "unsaved": self.unsaved,
            "may_save": self.request.user.can("segment.add"),
            **more,
        }
        return render(self.request, "segmentation/segments/form.html", context, status=status)


class _Conditions(_Building):
    """The same form, which leads to the customer list with its conditions in the address."""

    unsaved = True

    def __init__(self, request: Request) -> None:
        super().__init__(request, None)
        self.list = request.GET.get("list", "")[:LONGEST_LIST]
        self.address = f"{reverse('conditions_new')}?{urlencode({'list': self.list})}"

    def answer(self) -> HttpResponse:
        """Begun anew where the list brings conditions along."""
        text = self.request.GET.get(PARAMETER, "")
        if self.request.method == "POST" or not text:
            return super().answer()
        whole = tree.read(unpacked(text), specs()).tree
        start = typed.begun() | {"tree": typed.typed_from(whole, show_amount, specs())}
        return self._page(start | {"key": str(uuid.uuid4())}, checked=False)

    def _saved(self, given: Typed) -> HttpResponse:
        """To the list; or to the form of a new segment, which begins with these."""
        form, user = SegmentForm(given, self.request.user, checked=True, named=False), self.request.user
        if form.is_valid():
            if self.request.POST.get("act") == "save":
                return self._goes_on(given, form)
            try:
                asked = f"{PARAMETER}={packed(form.reading.tree)}"
            except TooLongForAddressError:
                form.add_error(None, _("These are too many conditions for an address: save them as a segment."))
            else:
                drafts.drop(user, self.key)
                return redirect(f"{reverse('customer_list')}?{self.list}{'&' if self.list else ''}{asked}")
        return self._refused(given, form)

    def _goes_on(self, given: Typed, form: SegmentForm) -> HttpResponse:
        """To the form of a new segment; a draft that stands there is left alone."""
        user = self.request.user
        if Draft.objects.filter(user=user, form_key=NEW).exists():
            form.add_error(None, _("A new segment was begun already: save it, or throw its draft away."))
            return self._refused(given, form)
        drafts.keep(user, NEW, json.dumps({"typed": given, "press": 1, "base": 0}))
        drafts.drop(user, self.key)
        return redirect("segment_new")

    def _refused(self, given: Typed, form: SegmentForm) -> HttpResponse:
        self._keep(given)
        self.kept = _read_draft(Draft.objects.get(user=self.request.user, form_key=self.key).data)
        return self._page(given, checked=True, form=form, status=422)

    def _back(self) -> str:
        return f"{reverse('customer_list')}?{self.list}"


def _read_draft(data: Any) -> dict[str, Any] | None:
    """What a draft holds; None of anything that isn't one of these."""
    try:
        found = json.loads(data) if isinstance(data, str) else data
    except ValueError:
        return None
    whole = isinstance(found, dict) and {"typed", "press", "base"} <= set(found) and "tree" in (found["typed"] or {})
    return found if whole else None


# --- buttons ---------------------------------------------------------------------------------------------------------
@needs("segment.add", POST)
def segment_copy(request: Request, pk: int) -> HttpResponse:
    """Make the same once more, as one's own."""
    row = row_for(ROWS, request.user, pk)
    if reading_of(request.user, row).hidden:
        raise PermissionDenied
    return act(
        request,
        partial(services.segment_copy, segment=row, by=request.user),
        said=lambda made: _("“%(name)s” is yours; nobody else sees it.") % {"name": made.name},
        then=lambda made: reverse("segment", args=[made.pk]),
        or_to=reverse("segment", args=[pk]),
    )


@needs("segment.change", POST)
def segment_share(request: Request, pk: int) -> HttpResponse:
    """For everybody who may see segments."""
    return _shared(request, pk, shared=True)


@needs("segment.change", POST)
def segment_unshare(request: Request, pk: int) -> HttpResponse:
    """For its owner alone again."""
    return _shared(request, pk, shared=False)


def _shared(request: Request, pk: int, *, shared: bool) -> HttpResponse:
    row = row_for(ROWS, request.user, pk, "change")
    own = row.owner_id == request.user.pk
    words = _("Everybody sees “%(name)s” now.") if shared else _("Only its owner sees “%(name)s” now.")
    return act(
        request,
        partial(services.segment_share, segment=row, shared=shared, by=request.user),
        said=words % {"name": row.name},
        undo=reverse("segment_unshare" if shared else "segment_share", args=[pk]) if own else "",
        then=reverse("segment", args=[pk]) if own or shared else reverse("segment_list"),
    )


@needs("segment.change", POST)
def segment_retire(request: Request, pk: int) -> HttpResponse:
    """Offer it no longer."""
    return _retired(request, pk, retired=True)


@needs("segment.change", POST)
def segment_restore(request: Request, pk: int) -> HttpResponse:
    """Offer it again."""
    return _retired(request, pk, retired=False)


def _retired(request: Request, pk: int, *, retired: bool) -> HttpResponse:
    row = row_for(ROWS, request.user, pk, "change")
    words = _("“%(name)s” is retired.") if retired else _("“%(name)s” is offered again.")
    return act(
        request,
        partial(services.segment_retire, segment=row, retired=retired, by=request.user),
        said=words % {"name": row.name},
        undo=reverse("segment_restore" if retired else "segment_retire", args=[pk]),
        then=reverse("segment", args=[pk]),
    )
