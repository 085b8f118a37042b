"""Addresses of the tier dashboard and the churn warnings."""

from django.urls import path

from intake.export import export_page
from segmentation.pages import tier_dashboard, warnings
from segmentation.pages.listing import WARNINGS

urlpatterns = [
    path("segmentation/", tier_dashboard.tier_dashboard, name="segmentation"),
    path("segmentation/warnings/", warnings.warning_list, name="warning_list"),
    path("segmentation/warnings/export/", export_page(WARNINGS), name="warning_export"),
    path("segmentation/warnings/give/", warnings.warnings_give, name="warnings_give"),
    path("segmentation/warnings/<int:pk>/give/", warnings.warning_give, name="warning_give"),
    path("segmentation/warnings/<int:pk>/", warnings.warning_change, name="warning_change"),
]
