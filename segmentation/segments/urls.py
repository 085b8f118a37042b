"""Addresses of segments."""

from django.urls import path

from segmentation.segments import views

urlpatterns = [
    path("segments/", views.segment_list, name="segment_list"),
    path("segments/new/", views.segment_new, name="segment_new"),
    path("segments/conditions/", views.conditions_new, name="conditions_new"),
    path("segments/<int:pk>/", views.segment, name="segment"),
    path("segments/<int:pk>/edit/", views.segment_edit, name="segment_edit"),
    path("segments/<int:pk>/copy/", views.segment_copy, name="segment_copy"),
    path("segments/<int:pk>/share/", views.segment_share, name="segment_share"),
    path("segments/<int:pk>/unshare/", views.segment_unshare, name="segment_unshare"),
    path("segments/<int:pk>/retire/", views.segment_retire, name="segment_retire"),
    path("segments/<int:pk>/restore/", views.segment_restore, name="segment_restore"),
]
