"""Every business model's two words are real: the paths lead to users, the SQL compiles, the resource has grants."""

import pytest
from django.apps import apps
from django.db.models import Model

from accounts import policy
from accounts.models import User
from accounts.scope import NOBODY, Reach, ScopedQuerySet
from core.contributions import registry

MODELS = [model for model in apps.get_models() if hasattr(model, "scope_resource")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("scope", [policy.OWN, policy.TEAM])
def test_the_scope_of_each_model_compiles(model: type[Model], scope: str) -> None:
    reach = Reach(1, {}, lambda: (1, 2), lambda: (7,))
    rows = model._base_manager.filter(reach.rows(model, scope, f"{model.scope_resource}.view"))
    assert model.scope_owner == () or "WHERE" in str(rows.query)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_owner_paths_lead_to_users(model: type[Model]) -> None:
    for path in model.scope_owner:
        related = model
        for part in path.split("__"):
            related = related if part == "pk" else related._meta.get_field(part).related_model
        assert related is User, path


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_each_model_names_a_resource_and_asks_who_is_looking(model: type[Model]) -> None:
    assert f"{model.scope_resource}.view" in registry().permissions
    for manager in model._meta.managers:
        assert issubclass(manager._queryset_class, ScopedQuerySet), manager.name


def test_a_model_without_people_gives_nobody_rows_by_own_or_team() -> None:
    class Loose:
        scope_resource, scope_owner, scope_by_owner, scope_customer, scope_pool = "audit", (), (), None, False

    condition = NOBODY.rows(Loose, policy.OWN, "audit.view")
    assert condition.children == [("pk__in", [])]
