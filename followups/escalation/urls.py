"""Addresses of follow-ups that lie too long."""

from django.urls import path

from followups.escalation import views

urlpatterns = [
    path("follow-ups/late/", views.late_list, name="late_list"),
    path("follow-ups/late/answer/", views.late_answer, name="late_answer"),
    path("settings/plans/late/", views.escalation_settings, name="escalation_settings"),
]
