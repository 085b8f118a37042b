"""Addresses of the tier dashboard and the churn warnings."""

from django.urls import path

from segmentation.pages import tier_dashboard, warnings

urlpatterns = [
    path("segmentation/", tier_dashboard.tier_dashboard, name="segmentation"),
    path("segmentation/warnings/", warnings.warning_list, name="warning_list"),
    path("segmentation/warnings/<int:pk>/", warnings.warning_change, name="warning_change"),
]
