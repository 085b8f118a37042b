"""Addresses of reviews."""

from django.urls import path

from responsibility.reviews import views

urlpatterns = [
    path("reviews/", views.review_list, name="system_review_list"),
    path("reviews/new/", views.review_new, name="system_review_new"),
    path("reviews/<int:pk>/", views.review, name="system_review"),
    path("reviews/<int:pk>/edit/", views.review_edit, name="system_review_edit"),
    path("reviews/<int:pk>/decisions/new/", views.decision_new, name="decision_new"),
    path("reviews/decisions/<int:pk>/done/", views.decision_done, name="decision_done"),
    path("reviews/decisions/<int:pk>/reopen/", views.decision_reopen, name="decision_reopen"),
]
