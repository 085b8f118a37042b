"""Files at customers: bringing them along, looking at them, taking them out of sight and back."""

from __future__ import annotations

from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core.contributions import registry
from core.files import serve, store
from core.http import row_id
from core.numbers import number
from customers import services
from customers.attachments import reading
from customers.attachments.forms import AttachmentForm, ChangeForm
from customers.attachments.listing import ATTACHMENT_BIN, ATTACHMENTS
from customers.attachments.rights import goes_on_record, may_open, shows_in_place
from customers.models import Attachment, Customer
from customers.services.attachments import FileGoneError
from ui import formatting
from ui.bins import bin_page
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page


# --- a file on its way -----------------------------------------------------------------------------------------------
@needs("attachment.add", POST)
def file_keep(request: Request) -> HttpResponse:
    """Check and keep one file for the form that it was chosen in; its token, or what is wrong with it."""
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"error": _("No file was chosen.")}, status=422)
    try:
        file = store.keep(chunks=upload.chunks(), name=upload.name or "", by=request.user)
    except ValidationError as error:
        return JsonResponse({"error": formatting.sentences(*error.messages)}, status=422)
    return JsonResponse({"token": file.token, "name": file.name, "size": formatting.size(file.size)}, status=201)


@needs("attachment.add", READ)
def file_small(request: Request, stored: str) -> FileResponse:
    """The small picture of a file that waits for this person's form."""
    found = store.waiting([stored], request.user)
    if not found:
        raise Http404
    return serve.small_picture(found[0])


# --- lists -----------------------------------------------------------------------------------------------------------
@needs(ATTACHMENTS.permission, READ)
def attachment_list(request: Request) -> HttpResponse:
    """Files in reach, of all customers or of one."""
    return list_page(
        Asked(ATTACHMENTS, request),
        title=_("Files"),
        sub=_("What was brought along for customers, visits and complaints."),
        template="customers/attachments/list.html",
        may_delete=request.user.can("attachment.delete"),
        may_see_originals=request.user.can("original.view"),
        add_url=_add_url(request),
    )


def _add_url(request: Request) -> str:
    """Where files are added to the customer whose files are shown."""
    wanted = row_id(request.GET.get("customer", ""))
    if wanted is None or not Customer.objects.for_user(request.user, "attachment.add").filter(pk=wanted).exists():
        return ""
    return f"{reverse('attachment_new')}?{urlencode({'on': 'customer', 'row': str(wanted)})}"


@needs("attachment.delete", READ)
def attachment_bin(request: Request) -> HttpResponse:
    """Deleted files that this person may bring back."""
    return bin_page(
        Asked(ATTACHMENT_BIN, request),
        title=_("Recycle bin"),
        sub=_("Deleted files. After %(n)s days they are removed for good.") % {"n": number("deleted_file_days")},
        home="attachment_list",
        home_label=_("Files"),
    )


# --- one file --------------------------------------------------------------------------------------------------------
@needs("attachment.add", FORM)
def attachment_new(request: Request) -> HttpResponse:
    """Hang files on the row that `?on=` and `?row=` name."""
    on, wanted = request.GET.get("on", "customer"), request.GET.get("row", request.GET.get("customer", ""))
    if on not in registry().file_holders:
        raise Http404
    holder, row, customer = reading.holder_row(request.user, on, wanted)
    page = holder.page(row.pk, customer.pk)

    def save(form: AttachmentForm) -> Attachment:
        said = form.cleaned_data
        made = services.attach(
            files=said["brought"],
            on=on,
            on_id=row.pk,
            customer=customer,
            by=request.user,
            what=said["what"],
            seen=said["seen"],
        )
        return made[0]

    def said(_made: Attachment) -> str:
        return _("Saved with the files of %(name)s.") % {"name": customer.name}

    return form_page(
        request,
        partial(AttachmentForm, by=request.user),
        "customers/attachments/form.html",
        draft=f"attachment:{on}:{row.pk}",
        once=Attachment,
        save=save,
        said=said,
        then=page,
        back=page,
        customer=customer,
        action=f"?{urlencode({'on': on, 'row': row.pk})}",
    )


@needs("attachment.change", FORM)
def attachment_edit(request: Request, pk: int) -> HttpResponse:
    """Say what it is and who may see it."""
    find = partial(reading.attachment_for, request.user, pk, "change")
    attachment = find()
    return edit_page(
        request,
        ChangeForm,
        "customers/attachments/edit.html",
        row=attachment,
        find=find,
        save=lambda edit: services.attachment_change(
            attachment=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved."),
        then=_list_of(attachment),
        customer=attachment.customer,
        may_open=may_open(request.user, attachment),
    )


@needs("attachment.view", READ)
def attachment_download(request: Request, pk: int) -> FileResponse:
    """The file itself, to be saved."""
    attachment = _to_open(request, pk)
    answer = serve.download(attachment.file)
    _note(request, attachment)
    return answer


@needs("attachment.view", READ)
def attachment_picture(request: Request, pk: int) -> FileResponse:
    """A picture, to be looked at."""
    attachment = _to_open(request, pk)
    answer = serve.picture(attachment.file)
    _note(request, attachment)
    return answer


@needs("attachment.view", READ)
def attachment_small(request: Request, pk: int) -> FileResponse:
    """The small picture that pages show."""
    attachment = reading.attachment_for(request.user, pk)
    if not shows_in_place(request.user, attachment):
        raise PermissionDenied
    return serve.small_picture(attachment.file)


def _to_open(request: Request, pk: int) -> Attachment:
    attachment = reading.attachment_for(request.user, pk)
    if not may_open(request.user, attachment):
        raise PermissionDenied
    return attachment


def _note(request: Request, attachment: Attachment) -> None:
    if goes_on_record(request.user, attachment):
        services.note_opening(attachment=attachment, by=request.user)


@needs("attachment.delete", POST)
def attachment_delete(request: Request, pk: int) -> HttpResponse:
    """Into the recycle bin, with an undo."""
    attachment = reading.attachment_for(request.user, pk, "delete")
    return act(
        request,
        partial(services.attachment_delete, attachment=attachment, by=request.user),
        said=_("%(name)s: deleted.") % {"name": attachment.file.name},
        undo=reverse("attachment_restore", args=[pk]),
        then=_list_of(attachment),
    )


@needs("attachment.delete", POST)
def attachment_restore(request: Request, pk: int) -> HttpResponse:
    """Out of the recycle bin."""
    attachment = reading.binned_for(request.user).filter(pk=pk).first()
    if attachment is None:
        raise Http404
    return act(
        request,
        partial(services.attachment_restore, attachment=attachment, by=request.user),
        said=_("%(name)s: restored.") % {"name": attachment.file.name},
        refused={FileGoneError: ""},
        then=_list_of(attachment),
    )


def _list_of(attachment: Attachment) -> str:
    return f"{reverse('attachment_list')}?{urlencode({'customer': attachment.customer_id})}"
