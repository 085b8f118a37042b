"""Addresses of the company's own numbers: a page for each group."""

from django.urls import path

from workbench.settings.numbers import views
from workbench.settings.numbers.groups import GROUPS

urlpatterns = [
    *(
        path(f"settings/numbers/{group.part}/", views.numbers, {"group": group.code}, name=group.page)
        for group in GROUPS.values()
    ),
    path("settings/numbers/changes/<int:pk>/put-back/", views.number_put_back, name="number_put_back"),
]
