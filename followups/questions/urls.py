"""Addresses of what to ask."""

from django.urls import path

from followups.questions import views

urlpatterns = [
    path("settings/questions/", views.question_frames, name="question_frames"),
    path("settings/questions/new/", views.question_frame_new, name="question_frame_new"),
    path("settings/questions/<int:pk>/", views.question_frame_edit, name="question_frame_edit"),
    path("settings/questions/<int:pk>/reset/", views.question_frame_reset, name="question_frame_reset"),
    path("settings/questions/<int:pk>/delete/", views.question_frame_delete, name="question_frame_delete"),
]
