"""Addresses of this app."""

from django.urls import path

from feedback import views
from feedback.listing import COMPLAINTS
from intake.export import export_page

urlpatterns = [
    path("feedback/", views.feedback_home, name="feedback"),
    path("feedback/complaints/", views.complaint_list, name="complaint_list"),
    path("feedback/complaints/export/", export_page(COMPLAINTS), name="complaint_export"),
    path("feedback/complaints/new/", views.complaint_new, name="complaint_new"),
    path("feedback/complaints/bin/", views.complaint_bin, name="complaint_bin"),
    path("feedback/complaints/<int:pk>/", views.complaint, name="complaint"),
    path("feedback/complaints/<int:pk>/delete/", views.complaint_delete, name="complaint_delete"),
    path("feedback/complaints/<int:pk>/restore/", views.complaint_restore, name="complaint_restore"),
    path("settings/complaints/", views.complaint_hours, name="complaint_hours"),
    path("settings/complaints/<slug:severity>/", views.complaint_hours_edit, name="complaint_hours_edit"),
]
