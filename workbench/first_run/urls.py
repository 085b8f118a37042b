"""Addresses of the page by which a company begins."""

from django.urls import path

from workbench.first_run import views

urlpatterns = [
    path("first-run/", views.first_run, name="first_run"),
    path("phone/", views.open_on_phone, name="open_on_phone"),
    path("first-run/close/", views.first_steps_close, name="first_steps_close"),
    path("first-run/reopen/", views.first_steps_reopen, name="first_steps_reopen"),
]
