"""Static files by immutable names; the list of all of them is nobody's business and lies beside the public folder."""

from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """WhiteNoise's, with its manifest in the data folder."""

    manifest_name = "static-manifest.json"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, manifest_storage=FileSystemStorage(location=settings.DATA_DIR), **kwargs)

    def save_manifest(self) -> None:
        """Write it, and take away the public one of earlier versions."""
        super().save_manifest()
        self.delete("staticfiles.json")
