"""Addresses of the manager's pages."""

from django.urls import path

from crm.dashboards import team, tiers, warnings

urlpatterns = [
    path("segmentation/", tiers.tier_dashboard, name="segmentation"),
    path("segmentation/warnings/", warnings.warning_list, name="warning_list"),
    path("segmentation/warnings/<int:pk>/", warnings.warning_change, name="warning_change"),
    path("team/", team.team, name="team"),
    path("team/target/", team.target_save, name="target_save"),
    path("team/targets/copy/", team.targets_copy, name="targets_copy"),
]
