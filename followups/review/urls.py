"""Addresses of the review list."""

from django.urls import path

from followups.review import views

urlpatterns = [
    path("follow-ups/review/", views.review_list, name="review_list"),
    path("follow-ups/review/looked-at/", views.reviews_look, name="reviews_look"),
    path("follow-ups/review/next-quarter/", views.reviews_skip, name="reviews_skip"),
    path("follow-ups/review/<int:pk>/looked-at/", views.review_look, name="review_look"),
    path("follow-ups/review/<int:pk>/next-quarter/", views.review_skip, name="review_skip"),
    path("follow-ups/review/<int:pk>/back/", views.reviews_back, name="reviews_back"),
]
