"""Addresses of "Plan my week"."""

from django.urls import path

from followups.autoplan import views

urlpatterns = [
    path("follow-ups/week/", views.week_plan, name="week_plan"),
    path("follow-ups/week/accept/", views.week_plan_accept, name="week_plan_accept"),
]
