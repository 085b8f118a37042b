"""Migrations redraw the model that a step changes; what looks at relations sees all models as they stand now."""

from __future__ import annotations

from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from core import migrating

APP = "library"


def library() -> ProjectState:
    """Authors and their books, drawn up."""
    state = ProjectState()
    state.add_model(ModelState(APP, "Author", [("id", models.BigAutoField(primary_key=True))]))
    author = models.ForeignKey(f"{APP}.Author", on_delete=models.CASCADE)
    state.add_model(ModelState(APP, "Book", [("id", models.BigAutoField(primary_key=True)), ("author", author)]))
    assert len(state.apps.get_models()) == 2
    return state


def give_authors_a_name(state: ProjectState) -> None:
    migrations.AddField("Author", "name", models.TextField(default="")).state_forwards(APP, state)


def test_a_step_leaves_related_models_as_they_were_drawn() -> None:
    state = library()
    book = state.apps.get_model(APP, "Book")
    with migrating.only_what_changed():
        give_authors_a_name(state)
    assert state.apps.get_model(APP, "Author")._meta.get_field("name")
    assert state.apps.get_model(APP, "Book") is book


def test_django_itself_draws_them_anew() -> None:
    state = library()
    book = state.apps.get_model(APP, "Book")
    give_authors_a_name(state)
    assert state.apps.get_model(APP, "Book") is not book


def test_code_of_a_migration_sees_relations_between_the_models_of_its_time() -> None:
    state = library()
    with migrating.only_what_changed():
        give_authors_a_name(state)
    state.clear_delayed_apps_cache()  # as RunPython does before it calls
    author, book = state.apps.get_model(APP, "Author"), state.apps.get_model(APP, "Book")
    assert book._meta.get_field("author").related_model is author
    assert book(author=author(name="Lu Xun")).author.name == "Lu Xun"


def test_without_that_it_would_see_an_earlier_author() -> None:
    state = library()
    with migrating.only_what_changed():
        give_authors_a_name(state)
    author, book = state.apps.get_model(APP, "Author"), state.apps.get_model(APP, "Book")
    assert book._meta.get_field("author").related_model is not author
