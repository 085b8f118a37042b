"""`/duties/`: what is asked of whom, who has accepted it, and accepting one's own."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core.digits import whole_number
from responsibility.duties import services
from responsibility.duties.forms import PostForm
from responsibility.duties.models import Post
from responsibility.duties.selectors import PostShown, posts_shown
from ui.flow import act, edit_page, form_page


@needs("duty.view", READ)
def duty_list(request: Request) -> HttpResponse:
    """The posts of oneself and one's people."""
    context = {
        "posts": posts_shown(request.user),
        "retired": posts_shown(request.user, off=True) if request.user.can("duty.change") else [],
        "may_change": request.user.can("duty.change"),
        "may_review": request.user.can("system_review.view"),
    }
    return render(request, "responsibility/duties/list.html", context)


@needs("duty.view", READ)
def duties(request: Request, pk: int) -> HttpResponse:
    """One of them: the version in force, who has accepted it, and the versions before."""
    shown = _shown(request, pk)
    earlier = shown.post.sheets.exclude(pk=shown.post.in_force_id or 0).select_related("written_by").order_by("-number")
    context = {"shown": shown, "post": shown.post, "sheet": shown.post.in_force, "earlier": list(earlier)}
    return render(
        request, "responsibility/duties/page.html", {**context, "may_change": request.user.can("duty.change")}
    )


@needs("duty.change", FORM)
def duty_new(request: Request) -> HttpResponse:
    """A post and its first version."""
    return form_page(
        request,
        partial(PostForm, user=request.user),
        "responsibility/duties/form.html",
        once=Post,
        draft="duties",
        save=lambda form: services.post_create(by=request.user, **form.values()),
        said=_("Written. Whoever holds this post is asked to accept it."),
        then=reverse("duty_list"),
    )


@needs("duty.change", FORM)
def duty_edit(request: Request, pk: int) -> HttpResponse:
    """Who holds it, and another wording: a new version."""
    post = _post(pk)
    return edit_page(
        request,
        partial(PostForm, user=request.user),
        "responsibility/duties/form.html",
        find=partial(_post, pk),
        row=post,
        initial={name: getattr(post.in_force, name) for name in services.TEXTS},
        draft=f"duties:{pk}",
        save=lambda edit: services.post_change(
            post=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. Another wording is a new version, which everybody accepts anew."),
        then=reverse("duties", args=[pk]),
        post=post,
    )


@needs("duty.view", POST)
def duties_accept(request: Request, pk: int) -> HttpResponse:
    """Accept the version that was shown."""
    post = _shown(request, pk).post
    number = whole_number(request.POST.get("number", ""), 1_000_000) or 0
    return act(
        request,
        partial(services.duties_accept, post=post, number=number, by=request.user),
        said=_("Accepted. It stands on record with day and version."),
        then=reverse("duties", args=[pk]),
    )


@needs("duty.change", POST)
def duty_retire(request: Request, pk: int) -> HttpResponse:
    """Ask nobody for it any more."""
    return act(
        request,
        partial(services.post_retire, post=_post(pk), by=request.user),
        said=_("Nobody is asked for these duties any more."),
        undo=reverse("duty_restore", args=[pk]),
        then=reverse("duty_list"),
    )


@needs("duty.change", POST)
def duty_restore(request: Request, pk: int) -> HttpResponse:
    """Let it count again."""
    return act(
        request,
        partial(services.post_restore, post=_post(pk), by=request.user),
        said=_("These duties count again."),
        then=reverse("duty_list"),
    )


def _post(pk: int) -> Post:
    post = Post.objects.select_related("in_force").filter(pk=pk).first()
    if post is None:
        raise Http404
    return post


def _shown(request: Request, pk: int) -> PostShown:
    shown = posts_shown(request.user, only=pk)
    if not shown or not (shown[0].post.is_on or request.user.can("duty.change")):
        raise Http404
    return shown[0]
