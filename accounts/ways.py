"""`/profile/ways/`: by which ways other than mail a person is told of things, when not, and on which devices."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.decorators import FORM
from accounts.forms import WaysForm
from accounts.http import Request
from accounts.models import User
from core.company import company
from core.gateways import webpush
from core.models import PushDevice
from ui.flow import act, form_page

OWN = ("quiet", "quiet_from", "quiet_until", "digest", "wecom_id", "dingtalk_id")


@login_required
@require_http_methods(FORM)
def ways(request: Request) -> HttpResponse:
    """What is ticked comes by that way too; quiet hours hold back what leaves."""
    user = User.objects.get(pk=request.user.pk)

    def save(form: WaysForm) -> None:
        try:
            with transaction.atomic():
                services.profile_change(user=user, changes=form.changes())
        except IntegrityError as error:
            raise ValidationError(_("A colleague has this account already. Ask an administrator.")) from error

    return form_page(
        request,
        partial(WaysForm, user=user),
        "accounts/ways.html",
        initial={name: getattr(user, name) for name in OWN},
        save=save,
        said=_("Saved."),
        then=reverse("ways"),
        devices=user.push_devices.order_by("-created_at"),
        push_key=webpush.public_key(),
        company_quiet=company(),
    )


@login_required
@require_POST
def device_add(request: Request) -> HttpResponse:
    """Show notices on the browser that sends this (static/js/push.js)."""
    sent = {name: request.POST.get(name, "") for name in ("endpoint", "public_key", "auth")}
    name = request.headers.get("User-Agent", "")
    return act(
        request,
        partial(services.push_device_add, user=request.user, name=_device(name), **sent),
        said=_("This device shows notices from now on. Tick below which ones."),
        then=reverse("ways"),
    )


def _device(agent: str) -> str:
    """Browser and system in two words, of what a browser calls itself."""
    systems = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    browsers = {"Edg": "Edge", "MicroMessenger": "WeChat", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    browser = next((name for sign, name in browsers.items() if sign in agent), "")
    system = next((name for name in systems if name in agent), "")
    return " · ".join(part for part in (browser, system) if part)


@login_required
@require_POST
def device_remove(request: Request, pk: int) -> HttpResponse:
    """No more notices on one of one's own devices."""
    device = PushDevice.objects.filter(user=request.user, pk=pk).first()
    if device is None:
        raise Http404
    return act(
        request,
        partial(services.push_device_remove, device=device, by=request.user),
        said=_("That device shows no more notices."),
        then=reverse("ways"),
    )
