"""Addresses of appointments: inviting, and the page of a guest."""

from django.urls import path

from followups.appointments import views

urlpatterns = [
    path("follow-ups/<int:pk>/invite/", views.appointment, name="appointment"),
    path("follow-ups/<int:pk>/call-off/", views.appointment_call_off, name="appointment_call_off"),
    path("appointment/<str:token>/", views.appointment_answer, name="appointment_answer"),
]
