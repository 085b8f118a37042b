"""Migrating without drawing up every model anew at every step.

After each operation Django draws up the changed model and all that are related to it in any number of steps, in a
product like this one nearly all: of 33 s that the first start computed, 28 went there. To make or alter a table takes
the changed model alone; what looks at more (RunPython, the end of `migrate`) asks for all of them anew by itself, by
the same mark that Django sets when it puts a redrawing off (`ProjectState.is_delayed`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from unittest import mock

from django.db.migrations.state import ProjectState

ModelKey = tuple[str, str]  # label of the app, name of the model in small letters


@contextlib.contextmanager
def only_what_changed() -> Iterator[None]:
    """Within, states of migrations redraw a changed model and leave those related to it to who looks at them."""
    with mock.patch.object(ProjectState, "_find_reload_model", _itself):
        yield


def _itself(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[ModelKey]:
    state.is_delayed = True
    return {(app_label, model_name)}
