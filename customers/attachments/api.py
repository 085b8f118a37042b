"""Files over the API: bring one along, list, fetch, say who may see it, delete."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied as Refused
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.fields import NOT_HERE, MaskedSerializer
from accounts.rest.filters import IdFilter, MomentFilter
from accounts.rest.parsers import StrictJSONParser
from accounts.rest.viewsets import Changes, Collection, Creates, Deletes
from core.files import serve, store
from core.files.kinds import KINDS
from customers import services
from customers.attachments import reading
from customers.attachments.rights import goes_on_record, may_open
from customers.models import Attachment


class AttachmentSerializer(MaskedSerializer):
    name = serializers.CharField(source="file.name", read_only=True)
    media_type = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="file.size", read_only=True)
    width = serializers.IntegerField(source="file.width", read_only=True, allow_null=True)
    height = serializers.IntegerField(source="file.height", read_only=True, allow_null=True)
    sha256 = serializers.SerializerMethodField()
    on = serializers.ChoiceField(choices=reading.file_holders(), read_only=True)

    class Meta:
        model = Attachment
        fields: ClassVar[tuple[str, ...]] = (
            *("id", "customer", "on", "on_id", "name", "media_type", "size", "width", "height", "sha256"),
            *("what", "seen", "created_by", "created_at", "updated_at", "version"),
        )
        read_only_fields: ClassVar[tuple[str, ...]] = (
            *("customer", "on_id", "created_by", "created_at", "updated_at", "version"),
        )

    @extend_schema_field(OpenApiTypes.STR)
    def get_media_type(self, row: Attachment) -> str:
        """By the content, not by what the sender said."""
        return KINDS[row.file.kind].media_type

    def get_sha256(self, row: Attachment) -> str | None:
        """Of the content; null for who may not fetch the file: it would tell whether it is one that they have."""
        return row.file.sha256 if may_open(self.context["request"].user, row) else None


class AttachmentUploadSerializer(serializers.Serializer):
    """A file and what it hangs on."""

    file = serializers.FileField()
    on = serializers.ChoiceField(choices=reading.file_holders())
    on_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    what = serializers.ChoiceField(choices=Attachment.What.choices, required=False, allow_blank=True)
    seen = serializers.ChoiceField(choices=Attachment.Seen.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Only rows to which the sender may add files."""
        user = self.context["request"].user
        try:
            _holder, row, customer = reading.holder_row(user, attrs["on"], attrs["on_id"])
        except (Http404, PermissionDenied) as error:
            text = str(NOT_HERE).format(pk_value=attrs["on_id"])
            raise serializers.ValidationError({"on_id": [text]}) from error
        return {**attrs, "on_id": row.pk, "customer": customer}


class AttachmentFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    on = django_filters.ChoiceFilter(choices=reading.file_holders)
    on_id = IdFilter(field_name="on_id")
    what = django_filters.ChoiceFilter(choices=Attachment.What.choices)
    created_by = IdFilter(field_name="created_by")
    created_from = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_to = MomentFilter(field_name="created_at", lookup_expr="lt")


class AttachmentViewSet(Creates, Changes, Deletes, Collection):
    """Files at customers, log entries and complaints. POST one as multipart/form-data: `file`, `on` and `on_id`."""

    resource = "attachment"
    serializer_class = AttachmentSerializer
    filterset_class = AttachmentFilter
    search_fields = ("file__name",)
    ordering = ("id", "created_at")
    parser_classes = (MultiPartParser, StrictJSONParser)

    def rows(self) -> QuerySet:
        """Files outside of the recycle bin."""
        return reading.rows()

    def body(self, request: Request) -> Any:
        """What is sent with the file, its name and its content."""
        upload, digest = request.FILES.get("file"), hashlib.sha256()
        for chunk in upload.chunks() if upload else ():
            digest.update(chunk)
        if upload:
            upload.seek(0)
        said = {name: request.data.get(name) for name in ("on", "on_id", "what", "seen")}
        return {**said, "name": getattr(upload, "name", ""), "sha256": digest.hexdigest()}

    @extend_schema(request={"multipart/form-data": AttachmentUploadSerializer}, responses={201: AttachmentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a file; its kind is found by its content, pictures come without what the camera wrote beside them."""
        return super().create(request, *args, **kwargs)

    def incoming(self, data: Any) -> serializers.BaseSerializer:
        """The upload is read by a serializer of its own."""
        return AttachmentUploadSerializer(data=data, context=self.get_serializer_context())

    def make(self, values: dict[str, Any]) -> Attachment:
        """Check, keep and hang it on its row."""
        upload, user = values.pop("file"), self.request.user
        file = store.keep(chunks=upload.chunks(), name=upload.name or "", by=user)
        (made,) = services.attach(files=[file], by=user, **values)
        return made

    def change(self, row: Attachment, values: dict[str, Any]) -> None:
        """Say what it is and who may see it."""
        if values:
            services.attachment_change(attachment=row, changes=values, version=row.version, by=self.request.user)

    def remove(self, row: Attachment) -> None:
        """Into the recycle bin."""
        services.attachment_delete(attachment=row, by=self.request.user)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True, methods=["get"], grant="attachment.view")
    def download(self, request: Request, pk: str) -> FileResponse:
        """The file itself; 403 where the sender reads the customer's phone, e-mail or address masked."""
        row = self.get_object()
        if not may_open(self.request.user, row):
            raise Refused(_("You read this customer's contact data masked, and a file may show it."))
        answer = serve.download(row.file)
        if goes_on_record(self.request.user, row):
            services.note_opening(attachment=row, by=self.request.user)
        return answer
