"""Whether the collected static files of a data folder are still those of the checkout."""

import hashlib
from pathlib import Path

from runtime.layout import ROOT, DataFolder


def are_collected(folder: DataFolder) -> bool:
    """Whether the last collection saw the files of today."""
    try:
        return _stamp(folder).read_text(encoding="ascii") == fingerprint(folder)
    except OSError:
        return False


def remember(folder: DataFolder) -> None:
    """To be called after a collection."""
    _stamp(folder).write_text(fingerprint(folder), encoding="ascii")


def fingerprint(folder: DataFolder) -> str:
    """A hash over names, sizes and times of our static files, over the pins and the folder."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes() + str(folder.path).encode())
    digest.update((ROOT / "core" / "staticstore.py").read_bytes())  # how they are stored
    sources = [ROOT / "static", *sorted(ROOT.glob("[!.]*/static"))]  # not .local/static, the target
    for path in sorted(path for source in sources for path in source.rglob("*") if path.is_file()):
        state = path.stat()
        digest.update(f"{path.relative_to(ROOT)} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _stamp(folder: DataFolder) -> Path:
    return folder.path / "static.stamp"
