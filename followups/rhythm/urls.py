"""Addresses of a customer's own plan."""

from django.urls import path

from followups.rhythm import views

urlpatterns = [
    path("customers/<int:pk>/own-plan/", views.own_plan, name="own_plan"),
    path("customers/<int:pk>/own-plan/remove/", views.own_plan_remove, name="own_plan_remove"),
]
