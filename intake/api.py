"""Imports over the API: upload a file, choose its columns (a dry run counts what would happen), start, follow."""

import hashlib
from collections.abc import Callable
from typing import Any, ClassVar, cast

import django_filters
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.parsers import StrictJSONParser
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import Collection, Creates
from intake import selectors, services, values
from intake.forms import SOURCE_WORD, check_source
from intake.kinds import ImportRefusedError, all_kinds, choices, kind_of
from intake.models import ImportJob
from intake.tabular import ENCODINGS, MEGABYTE, UPLOAD_LIMITS, TabularError, UnsureEncodingError


class ImportSerializer(serializers.ModelSerializer):
    """An import and how far it has come. `mapping` is {field: column of the file}.

    `encodings` isn't empty where the file's encoding isn't certain: one of them must be sent to `check`.
    """

    kind = serializers.ChoiceField(choices=choices(), read_only=True)
    columns = serializers.ListField(child=serializers.CharField(), source="look.columns", read_only=True, default=list)
    encoding = serializers.CharField(source="look.encoding", read_only=True, default="")
    encodings = serializers.SerializerMethodField()
    header_row = serializers.IntegerField(source="look.header_row", read_only=True, default=1)

    class Meta:
        model = ImportJob
        fields = (
            "id",
            "kind",
            "source",
            "file_name",
            "mapping",
            "columns",
            "encoding",
            "encodings",
            "header_row",
            "state",
            "total_rows",
            "next_row",
            "counts",
            "message",
            "user",
            "created_at",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_encodings(self, job: ImportJob) -> list[str]:
        """The likely ones, best first; none where it is certain."""
        return [] if job.look.get("sure", True) else [reading["encoding"] for reading in job.look["readings"]]


class UploadSerializer(serializers.Serializer):
    """A table (CSV or XLSX, also gzipped) and what stands in it."""

    kind = serializers.ChoiceField(choices=choices())
    file = serializers.FileField()

    def validate_kind(self, value: str) -> str:
        """Only kinds that the sender may bring in."""
        if value not in [kind.code for kind in selectors.kinds_for(self.context["request"].user)]:
            raise serializers.ValidationError(_("You can't import this kind of file."))
        return value

    def validate_file(self, value: Any) -> Any:
        """Not larger than we read."""
        if value.size > UPLOAD_LIMITS.stored:
            limit = UPLOAD_LIMITS.stored // MEGABYTE
            raise serializers.ValidationError(_("The file is larger than %(limit)s MB. Split it.") % {"limit": limit})
        return value


class ColumnsSerializer(serializers.Serializer):
    """Which column goes where, and what else the kind of file lets one choose."""

    mapping = serializers.DictField(child=serializers.CharField(max_length=200, allow_blank=True), allow_empty=False)
    date_format = serializers.ChoiceField(choices=values.ORDERS, required=False)
    source = serializers.RegexField(SOURCE_WORD, default="import")
    encoding = serializers.ChoiceField(choices=ENCODINGS, required=False)
    header_row = serializers.IntegerField(min_value=1, required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Also the options of all kinds; those of other kinds than the job's are ignored."""
        fields = super().get_fields()
        for kind in all_kinds():
            fields |= {
                option.name: serializers.CharField(max_length=80, required=False, help_text=option.hint)
                for option in kind.options
                if option.hint is not None
            }
        return fields

    def validate_source(self, value: str) -> str:
        """Not the word of what is entered by hand."""
        try:
            check_source(value)
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return value

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Options as the page of columns checks them; what isn't sent is what stands there at first."""
        job, user = self.context["job"], self.context["request"].user
        for option in kind_of(job.kind).options:
            if option.hint is None:
                continue
            field = option.field(user)
            try:
                value = field.clean(data[option.name]) if option.name in data else field.initial
            except DjangoValidationError as error:
                raise serializers.ValidationError({option.name: error.messages}) from error
            if value is not None:
                data[option.name] = value
        return data


class ImportFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=choices())
    state = django_filters.ChoiceFilter(choices=ImportJob.State.choices)


class ImportViewSet(Creates, Collection):
    """One's own imports. POST a file as multipart/form-data; then `check`, look at `counts`, then `start`."""

    resource = "import"
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    ordering = ("id", "created_at")
    default_order: ClassVar[tuple[str, ...]] = ("-id",)
    parser_classes = (MultiPartParser, StrictJSONParser)

    def rows(self) -> QuerySet:
        """All imports."""
        return ImportJob.objects.select_related("user")

    def body(self, request: Request) -> Any:
        """Kind, name and content of the file."""
        upload, digest = request.FILES.get("file"), hashlib.sha256()
        for chunk in upload.chunks() if upload else ():
            digest.update(chunk)
        if upload:
            upload.seek(0)
        name = getattr(upload, "name", "")
        return {"kind": request.data.get("kind"), "name": name, "sha256": digest.hexdigest()}

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={201: ImportSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Upload a file; its columns are guessed from their names."""
        return super().create(request, *args, **kwargs)

    def incoming(self, data: Any) -> serializers.BaseSerializer:
        """The upload is read by a serializer of its own."""
        return UploadSerializer(data=data, context=self.get_serializer_context())

    def make(self, values: dict[str, Any]) -> ImportJob:
        """Keep the file."""
        try:
            return services.import_create(by=self.request.user, kinds=[kind_of(values["kind"])], upload=values["file"])
        except TabularError as error:
            raise ValidationError({"file": [str(error)]}) from error

    @extend_schema(request=ColumnsSerializer, responses=ImportSerializer)
    @action(detail=True, methods=["post"], grant="import.view")
    def check(self, request: Request, pk: str) -> Response:
        """Choose the columns; a worker counts what would happen and writes nothing."""
        job = self._job()
        chosen = ColumnsSerializer(data=request.data, context=self.get_serializer_context() | {"job": job})
        chosen.is_valid(raise_exception=True)
        values = dict(chosen.validated_data)
        mapping, source = values.pop("mapping"), values.pop("source")
        reading = {"encoding": values.pop("encoding", ""), "header_row": values.pop("header_row", 0)}

        def read_and_check() -> None:
            if any(reading.values()):
                services.import_reading(job=job, **reading)
            services.import_check(job=job, mapping=mapping, options=values, by=self.request.user, source=source)

        return self._act(job, read_and_check)

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"], grant="import.view")
    def start(self, request: Request, pk: str) -> Response:
        """Write what the dry run has shown."""
        job = self._job()
        return self._act(job, lambda: services.import_start(job=job, by=self.request.user))

    @extend_schema(request=None, responses=ImportSerializer)
    @action(detail=True, methods=["post"], grant="import.view")
    def cancel(self, request: Request, pk: str) -> Response:
        """Stop; what is written already stays."""
        job = self._job()
        return self._act(job, lambda: services.import_cancel(job=job, by=self.request.user))

    def _job(self) -> ImportJob:
        return cast(ImportJob, self.get_object())

    def _act(self, job: ImportJob, act: Callable[[], None]) -> Response:
        try:
            act()
        except services.WrongStateError as error:
            raise Conflict(_("This import has gone on meanwhile.")) from error
        except UnsureEncodingError as error:
            raise ValidationError({"encoding": [str(error)]}) from error
        except (ImportRefusedError, TabularError) as error:
            raise ValidationError({"mapping": [str(error)]}) from error
        return self.shown(job.pk)
