"""Addresses of the rules of tiers, the cut-points and the limits of warnings."""

from django.urls import path

from segmentation.rules import set_views, views
from segmentation.whatif import views as whatif

urlpatterns = [
    path("segmentation/rules/", views.rules, name="tier_rules"),
    path("segmentation/rules/tiers/<int:pk>/", views.tier_names, name="tier_names"),
    path("segmentation/rules/cut-points/", views.cut_points, name="cut_points"),
    path("segmentation/rules/cut-points/new/", views.cut_points_new, name="cut_points_new"),
    path("segmentation/rules/cut-points/preview/", whatif.scoring_preview, name="scoring_preview"),
    path("segmentation/rules/cut-points/publish/", whatif.scoring_publish, name="scoring_publish"),
    path("segmentation/rules/classes/", views.class_settings, name="class_settings"),
    path("segmentation/rules/warnings/", views.warning_settings, name="warning_settings"),
    path("segmentation/rules/<slug:scheme>/edit/", set_views.rule_set_edit, name="rule_set_edit"),
    path("segmentation/rules/preview/customers/", whatif.rule_preview_list, name="rule_preview_list"),
    path("segmentation/rules/preview/export/", whatif.rule_preview_export, name="rule_preview_export"),
    path("segmentation/rules/<slug:scheme>/preview/", whatif.rule_preview, name="rule_preview"),
    path("segmentation/rules/<slug:scheme>/publish/", set_views.rule_set_publish_page, name="rule_set_publish"),
    path("segmentation/rules/<slug:scheme>/versions/", set_views.rule_set_versions, name="rule_set_versions"),
    path("segmentation/rules/versions/<int:pk>/back/", set_views.rule_set_roll_back, name="rule_set_roll_back"),
    path("segmentation/rules/versions/<int:pk>/withdraw/", set_views.rule_set_withdrawn, name="rule_set_withdraw"),
    path("segmentation/rules/schemes/<int:pk>/", views.scheme_names, name="scheme_names"),
]
