"""Handing a file out: as a download, or a picture that we have made ourselves, shown in its place."""

from __future__ import annotations

from pathlib import Path

from django.http import FileResponse, Http404

from core.files import store
from core.headers import FILE_POLICY
from core.models import StoredFile


def download(file: StoredFile) -> FileResponse:
    """The file to be saved, whatever it is: no browser opens it as a page of ours. Http404 when it is gone."""
    answer = FileResponse(_opened(store.path_of(file)), as_attachment=True, filename=file.name)
    return _guarded(answer, store.kind_of(file).media_type)


def picture(file: StoredFile) -> FileResponse:
    """A picture as a page shows it; Http404 for every other kind."""
    kind = store.kind_of(file)
    if not kind.picture:
        raise Http404
    return _guarded(FileResponse(_opened(store.path_of(file)), filename=file.name), kind.media_type)


def small_picture(file: StoredFile) -> FileResponse:
    """The small one of a picture; Http404 for every other kind."""
    if not store.kind_of(file).picture:
        raise Http404
    return _guarded(FileResponse(_opened(store.small_path_of(file)), filename=f"{file.token[:8]}.webp"), "image/webp")


def _opened(path: Path) -> object:
    """Once open it is read to its end, also when it is removed meanwhile."""
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error


def _guarded(answer: FileResponse, media_type: str) -> FileResponse:
    answer.headers["Content-Type"] = media_type
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
