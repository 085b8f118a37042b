"""Addresses of the monthly review."""

from django.urls import path

from customers.reviews import views

urlpatterns = [
    path("data-quality/reviews/", views.review_list, name="quality_review_list"),
    path("data-quality/reviews/<int:pk>/", views.review, name="quality_review"),
]
