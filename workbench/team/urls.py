"""Addresses of the team board."""

from django.urls import path

from workbench.team import views

urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/visits/", views.visits, name="team_visits"),
    path("team/target/", views.target_save, name="target_save"),
    path("team/targets/copy/", views.targets_copy, name="targets_copy"),
]
