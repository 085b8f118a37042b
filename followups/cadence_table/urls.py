"""Addresses of the cadence table."""

from django.urls import path

from followups.cadence_table import views

urlpatterns = [
    path("settings/plans/", views.plan_settings, name="plan_settings"),
    path("settings/plans/numbers/", views.plan_numbers, name="plan_numbers"),
    path("settings/plans/new/<str:phase>/", views.plan_line_new, name="plan_line_new"),
    path("settings/plans/<int:pk>/delete/", views.plan_line_delete, name="plan_line_delete"),
    path("settings/plans/<int:pk>/restore/", views.plan_line_restore, name="plan_line_restore"),
]
