"""Addresses of comments on entries of a customer's history."""

from django.urls import path

from customers.comments import views

urlpatterns = [
    path("interactions/<int:pk>/comments/", views.comments, name="interaction_comments"),
    path("customers/<int:pk>/colleagues/", views.colleagues, name="customer_colleagues"),
]
