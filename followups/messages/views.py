"""Writing to a customer: choose a template, look at it and change it, send or copy it; and what became of messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from accounts.masking import masked_copy
from accounts.models import User
from core import outbox
from core.http import row_id, safe_next
from core.outbox import TooLateError
from core.phones import tel_uri
from customers.choosing import choose_customer
from customers.consents.rule import wish_of
from customers.models import Customer, Topic
from followups import services
from followups.messages import choosing
from followups.messages.batches import batches, parse_batch
from followups.messages.forms import MessageForm, MessageSettingForm
from followups.messages.listing import MESSAGES, TONES
from followups.messages.models import Language, MessageChannel
from followups.messages.settings import message_setting
from followups.messages.values import values_for
from followups.messages.variables import fill, missing
from followups.models import CadenceRule, FollowUp, Message, MessageTemplate, Policy
from followups.reckoning import RECKONED_WITH
from followups.selectors import open_of
from followups.services.automatic import Released
from followups.services.messages import NotStuckError, is_sent_from_here
from ui import drafts
from ui.flow import Words, act, edit_page, form_page
from ui.listing import Asked, list_page

NO_TEMPLATE = "none"
TYPED = ("subject", "text", "topic")
DECIDED = gettext_lazy("Somebody has decided on this message already. Nothing was changed.")


@needs(MESSAGES.permission, READ)
def message_list(request: Request) -> HttpResponse:
    """The messages to one's customers, what waits for a decision first."""
    user = request.user
    return list_page(
        Asked(MESSAGES, request),
        title=pgettext("to customers", "Messages"),
        template="followups/messages/list.html",
        may_add=user.can("message.add"),
        sees_templates=user.can("template.view"),
        sees_automatic=user.can("message.assign"),
    )


# --- writing ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Composed:
    """What the address of the page says of a message that is being written; whatever it doesn't say is chosen."""

    user: User
    customer: Customer
    asked: QueryDict

    @cached_property
    def readers(self) -> Mapping[str, list[choosing.Reader]]:
        """By channel, those whom this person may write to."""
        return {one.value: choosing.readers(self.user, self.customer, one) for one in MessageChannel}

    @cached_property
    def plan(self) -> FollowUp | None:
        """The open follow-up that the message answers: the one asked for, and none when it is done already; else the
        one that was next when the writing began (`seen`)."""
        if not self.user.can("follow_up.view"):
            return None
        found, wanted = open_of(self.user, self.customer), self.asked.get("follow_up") or self.asked.get("seen", "")
        return found.filter(pk=row_id(wanted) or 0).first() if wanted else found.first()

    @property
    def answers(self) -> bool:
        """Whether the person came from that follow-up; else whether it is done is for them to say."""
        return self.plan is not None and self.plan.pk == row_id(self.asked.get("follow_up", ""))

    @cached_property
    def channel(self) -> str:
        asked = self.asked.get("channel", "")
        if asked in MessageChannel.values:
            return asked
        return choosing.channel_for(self.customer, self.plan, [one for one in self.readers if self.readers[one]])

    @cached_property
    def reader(self) -> choosing.Reader | None:
        """Who is asked for, else the first; None where this person can write to nobody by the channel."""
        found = self.readers[self.channel]
        wanted = self.asked.get("to", "")
        return next((one for one in found if one.value == wanted), next(iter(found), None))

    @cached_property
    def language(self) -> str:
        asked = self.asked.get("language", "")
        spoken = Language.EN if (get_language() or "").startswith("en") else Language.ZH
        return asked if asked in Language.values else spoken

    @cached_property
    def template(self) -> MessageTemplate | None:
        wanted = row_id(self.asked.get("template", ""))
        return MessageTemplate.objects.filter(pk=wanted, is_active=True).first() if wanted else None

    @cached_property
    def refused(self) -> str:
        """Why this reader gets nothing by the channel, not even service messages; else empty."""
        contact = self.reader.contact if self.reader else None
        return wish_of(self.customer, contact, self.channel, Topic.SERVICE, marketing_asks=False).why

    @property
    def draft(self) -> str:
        """The key of what is typed: it belongs to these words, and goes along only where the page itself leads."""
        to = self.reader.value if self.reader else ""
        template = self.template.pk if self.template else NO_TEMPLATE
        return f"message:{self.customer.pk}:{self.channel}:{to}:{template}:{self.language}"

    @property
    def chosen(self) -> bool:
        """Whether the words may be written now."""
        return self.template is not None or self.asked.get("template") == NO_TEMPLATE

    @cached_property
    def words(self) -> dict[str, str]:
        """Subject and text with what is known of the customer."""
        if self.template is None or self.reader is None:
            return {"subject": "", "text": ""}
        known = values_for(self.user, self.customer, self.reader.contact, self.language)
        subject, text = self.template.words(self.language)
        return {"subject": fill(subject, known), "text": fill(text, known)}

    def query(self, **changes: str) -> str:
        """The address with something else chosen."""
        asked = self.asked.copy()
        if self.plan is not None and not self.answers:
            asked["seen"] = str(self.plan.pk)
        for name, value in changes.items():
            asked[name] = value
        return f"?{asked.urlencode()}"


@needs("message.add", FORM)
def message_new(request: Request) -> HttpResponse:
    """Write to ?customer=; without a template in the address, choose one first."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, "message.add", _("Message"), question=_("Whom do you write to?"))
    rows = Customer.objects.select_related(*RECKONED_WITH).defer("search_tokens")
    customer = row_for(rows, request.user, wanted, "message.add")
    composed = Composed(request.user, customer, request.GET)
    if "move" in request.POST:
        return _move(request, composed)
    page = reverse("customer", args=[customer.pk])
    if not composed.chosen or composed.reader is None or composed.refused:
        return _choose(request, composed, page)
    return form_page(
        request,
        partial(MessageForm, channel=composed.channel, plan=composed.plan),
        "followups/messages/write.html",
        once=Message,
        draft=composed.draft,
        initial={
            "topic": composed.template.topic if composed.template else Topic.SERVICE,
            "close": composed.answers,
        }
        | composed.words,
        save=partial(_send, composed),
        said=_said,
        undo=lambda made: reverse("message_cancel", args=[made.pk]) if made.state == Message.State.WAITING else "",
        then=lambda made: _then(request, made, page),
        back=page,
        customer=customer,
        to=composed.reader,
        composed=composed,
        channels=_channels(composed),
        languages=[(one.label, composed.query(language=one.value), one.value == composed.language) for one in Language],
        others=[(one, composed.query(to=one.value)) for one in composed.readers[composed.channel]],
        open_places=missing(f"{composed.words['subject']} {composed.words['text']}"),
        again=composed.query(template=""),
        goes_by_itself=is_sent_from_here(composed.channel),
    )


def _move(request: Request, composed: Composed) -> HttpResponse:
    """Another channel, reader or language was chosen: what was typed goes along, words of the template are new."""
    asked = QueryDict(request.POST["move"].removeprefix("?"), mutable=True)
    asked["customer"] = str(composed.customer.pk)
    there = Composed(composed.user, composed.customer, asked)
    typed = {name: request.POST[name].replace("\r\n", "\n") for name in TYPED if name in request.POST}
    typed |= {"close": request.POST.get("close", "")}  # a box that is not ticked sends nothing
    kept = [(name, value) for name, value in typed.items() if value != composed.words.get(name)]
    drafts.drop(composed.user, composed.draft)
    drafts.keep(composed.user, there.draft, json.dumps(kept))
    return redirect(f"{request.path}?{asked.urlencode()}")


def _channels(composed: Composed) -> list[tuple[Words, str, bool, bool]]:
    """Label, address, whether it is the chosen one, whether somebody can be reached by it."""
    return [
        (
            one.label,
            composed.query(channel=one.value),
            one.value == composed.channel,
            bool(composed.readers[one]),
        )
        for one in MessageChannel
    ]


def _choose(request: Request, composed: Composed, page: str) -> HttpResponse:
    """The templates for this customer and channel; or why nothing can be written."""
    customer = composed.customer
    offered = choosing.templates_for(customer, composed.channel)
    context = {
        "customer": masked_copy(request.user, customer),
        "composed": composed,
        "channels": _channels(composed),
        "hidden": composed.reader is None and choosing.has_address(customer, composed.channel),
        "fitting": [(one.template, composed.query(template=str(one.template.pk))) for one in offered if one.fits],
        "others": [(one.template, composed.query(template=str(one.template.pk))) for one in offered if not one.fits],
        "free": composed.query(template=NO_TEMPLATE),
        "mail_off": composed.channel == MessageChannel.EMAIL and not outbox.mail_is_on(),
        "back": safe_next(request, page),
        "typed": (drafts.kept(request.user, composed.draft) or {}).items() if composed.chosen else (),
    }
    return render(request, "followups/messages/choose.html", context)


def _send(composed: Composed, form: MessageForm) -> Message:
    if composed.reader is None:
        raise Http404
    values = form.values()
    close = values.pop("close", False)
    if composed.channel != MessageChannel.EMAIL:
        del values["subject"]
    return services.message_send(
        customer=composed.customer,
        channel=composed.channel,
        contact=composed.reader.contact,
        language=composed.language,
        template=composed.template,
        template_version=composed.template.version if composed.template else None,
        follow_up=composed.plan if close else None,
        by=composed.user,
        **values,
    )


def _said(made: Message) -> str:
    if made.state == Message.State.WAITING:
        return _("On its way to %(name)s. The log tells when it has gone.") % {"name": made.to_name}
    return _("Written. Send it from your own app, and say here that it has gone.")


def _then(request: Request, made: Message, page: str) -> str:
    if made.state == Message.State.WAITING:
        return safe_next(request, page)
    return reverse("message", args=[made.pk])


# --- what became of it -----------------------------------------------------------------------------------------------
@needs(MESSAGES.permission, READ)
def message(request: Request, pk: int) -> HttpResponse:
    """One message: its words, its state, and what may be done about it."""
    stored = _found(request, pk)
    shown = masked_copy(request.user, stored)
    readable = "phone" not in shown.masked_names and "email" not in shown.masked_names
    context = {
        "message": shown,
        "customer": masked_copy(request.user, stored.customer),
        "tone": TONES[Message.State(stored.state)],
        "may_change": request.user.can("message.change"),
        "sms_uri": _sms_uri(stored) if readable and stored.phone else "",
        "mail_uri": _mail_uri(stored) if readable and stored.email else "",
        "goes_from_here": is_sent_from_here(stored.channel),
        "whole": "\n\n".join(part for part in (stored.subject, stored.text) if part),
    }
    return render(request, "followups/messages/page.html", context)


def _sms_uri(message: Message) -> str:
    return f"sms:{tel_uri(message.phone).removeprefix('tel:')}?body={quote(message.text)}"


def _mail_uri(message: Message) -> str:
    return f"mailto:{quote(message.email)}?subject={quote(message.subject)}&body={quote(message.text)}"


def _found(request: Request, pk: int, action: str = "view") -> Message:
    rows = Message.objects.select_related("customer__owner", "contact", "user", "template", "updated_by")
    return row_for(rows.filter(customer__deleted_at=None).defer("customer__search_tokens"), request.user, pk, action)


@needs("message.change", POST)
def message_sent(request: Request, pk: int) -> HttpResponse:
    """It went, a person says."""
    return _decide(request, pk, services.message_sent, _("Noted as sent to %(name)s, and logged."))


@needs("message.change", POST)
def message_again(request: Request, pk: int) -> HttpResponse:
    """Send it once more."""
    return _decide(request, pk, services.message_again, _("On its way to %(name)s once more."))


@needs("message.change", POST)
def message_cancel(request: Request, pk: int) -> HttpResponse:
    """It won't be sent."""
    return _decide(request, pk, services.message_cancel, _("Called off: nothing goes to %(name)s."))


def _decide(request: Request, pk: int, service: Any, said: str) -> HttpResponse:
    stored = _found(request, pk, "change")
    return act(
        request,
        partial(service, message=stored, by=request.user),
        said=said % {"name": stored.to_name},
        refused={NotStuckError: DECIDED, TooLateError: _("Too late: this message is on its way or has gone.")},
        then=reverse("message", args=[pk]),
    )


# --- messages of the plan --------------------------------------------------------------------------------------------
@needs("message.assign", READ)
def automatic_list(request: Request) -> HttpResponse:
    """The messages of the plan by the day on which they were prepared, and what became of them."""
    context = {
        "batches": batches(request.user),
        "setting": message_setting(),
        "lines": CadenceRule.objects.filter(policy=Policy.AUTOMATIC).count(),
        "may_set": request.user.can("template.change"),
    }
    return render(request, "followups/messages/automatic.html", context)


@needs("message.assign", POST)
def automatic_release(request: Request) -> HttpResponse:
    """Let the held messages of a day go."""
    return _all_of_day(
        request,
        services.automatic_release,
        _said_of_release,
    )


def _said_of_release(released: Released) -> str:
    gone, stay = released.gone, released.stay
    said = ngettext("%(n)s message is on its way.", "%(n)s messages are on their way.", gone) % {"n": gone}
    if not stay:
        return said
    text = ngettext(
        "%(n)s stays held: this installation doesn't send by its channel now.",
        "%(n)s stay held: this installation doesn't send by their channel now.",
        stay,
    )
    return f"{said} {text % {'n': stay}}"


@needs("message.assign", POST)
def automatic_stop(request: Request) -> HttpResponse:
    """Call off what is held or waits of a day."""
    return _all_of_day(
        request,
        services.automatic_stop,
        lambda n: ngettext("%(n)s message was stopped.", "%(n)s messages were stopped.", n) % {"n": n},
    )


def _all_of_day(request: Request, service: Callable[..., Any], said: Callable[[Any], str]) -> HttpResponse:
    day = parse_batch(request.POST.get("day", ""))
    if day is None:
        raise Http404
    rows = Message.objects.for_user(request.user, "assign").filter(customer__deleted_at=None, batch_on=day)
    return act(request, partial(service, messages=rows, by=request.user), said=said, then=reverse("automatic_messages"))


@needs("template.change", FORM)
def message_settings(request: Request) -> HttpResponse:
    """Whether offers need a consent, and what the plan sends by itself, and when."""
    return edit_page(
        request,
        MessageSettingForm,
        "followups/messages/settings.html",
        find=services.message_setting_row,
        save=lambda edit: services.message_setting_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved."),
        then=reverse("message_settings"),
        back=reverse("settings"),
        **last_changes(request.user, "message_setting.change"),
    )
