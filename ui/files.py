"""Files in a form: chosen one by one or together, kept on the server as soon as they are checked.

With the script a file goes up as it is chosen, and the form carries its token; without it files come with the form. So
a form that is refused for another field, or comes back as a draft, doesn't ask for them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.files import store
from core.files.kinds import ACCEPT
from core.models import StoredFile

MOST = 10  # of one form


class FileChooser(forms.Widget):
    """Chosen files with a tick each, and the way to more (templates/ui/files.html)."""

    template_name = "ui/files.html"
    needs_multipart_form = True
    kept: Sequence[StoredFile] | None = None  # by the field, once it has looked at what came
    by: Any = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        """Tokens of files that are here already, then new ones."""
        tokens = data.getlist(name) if hasattr(data, "getlist") else data.get(name)
        return [*_tokens(tokens), *(files.getlist(f"{name}_new") if files else ())]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        kept = store.waiting(_tokens(value), self.by) if self.kept is None else self.kept
        context["widget"] |= {"kept": [(file, store.kind_of(file)) for file in kept], "accept": ACCEPT}
        context["widget"] |= {
            "most": MOST,
            "largest": store.largest_mb(),
            "described_by": (attrs or {}).get("aria-describedby"),
        }
        return context

    def id_for_label(self, id_: str) -> str:
        return id_


class Files(forms.Field):
    """Files for a row that the form makes; `brought_by` says whose they are. Gives stored files for `store.take`.

    Call it anything but `files`, which is Django's word for what a form was sent.
    """

    widget: FileChooser = FileChooser  # type: ignore[assignment]  # a class, and of each form an instance

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})
        self.by: Any = None

    def clean(self, value: Any) -> list[StoredFile]:
        """What came is kept even where something else is wrong with the form: it stands in it when it comes back."""
        tokens, uploads = _tokens(value), [one for one in value or () if not isinstance(one, str)]
        kept, wrong = store.waiting(tokens, self.by), []
        if len(kept) < len(set(tokens)):
            wrong.append(_("A file that was chosen here has been saved already, or is gone. Choose it again."))
        if len(kept) + len(uploads) > MOST:
            wrong.append(_("Up to %(most)s files go with one entry. Leave some out.") % {"most": MOST})
            uploads = uploads[: max(MOST - len(kept), 0)]
        for upload in uploads:
            try:
                kept.append(store.keep(chunks=upload.chunks(), name=upload.name or "", by=self.by))
            except ValidationError as error:
                wrong += error.messages
        self.widget.kept = kept
        if wrong:
            raise ValidationError(wrong)
        if self.required and not kept:
            raise ValidationError(_("Choose at least one file."))
        return kept


def brought_by(form: forms.BaseForm, user: Any) -> None:
    """Tokens in this form count for this person alone."""
    for field in form.fields.values():
        if isinstance(field, Files):
            field.by = field.widget.by = user


def _tokens(value: Any) -> list[str]:
    """Of a value as a form or a draft holds it."""
    given = [value] if isinstance(value, str) else value or ()
    return [one for one in given if isinstance(one, str) and one]
