"""Addresses of a person's own working hours and absences."""

from django.urls import path

from followups.hours import views

urlpatterns = [
    path("people/<int:pk>/hours/", views.working_hours, name="working_hours"),
    path("people/<int:pk>/absences/new/", views.absence_new, name="absence_new"),
    path("absences/<int:pk>/", views.absence_edit, name="absence_edit"),
    path("absences/<int:pk>/remove/", views.absence_remove, name="absence_remove"),
]
