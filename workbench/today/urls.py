"""Addresses of this area."""

from django.urls import path

from workbench.today import views

urlpatterns = [
    path("", views.today, name="today"),
    path("today/next/", views.today_next, name="today_next"),
]
