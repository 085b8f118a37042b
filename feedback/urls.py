"""Addresses of this app."""

from django.urls import path

from feedback import views

urlpatterns = [
    path("feedback/", views.feedback_home, name="feedback"),
    path("feedback/complaints/", views.complaint_list, name="complaint_list"),
    path("feedback/complaints/new/", views.complaint_new, name="complaint_new"),
    path("feedback/complaints/<int:pk>/", views.complaint, name="complaint"),
]
