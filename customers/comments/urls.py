"""Addresses of comments on customers and on entries of their history."""

from django.urls import path

from customers.comments import views

urlpatterns = [
    path("interactions/<int:pk>/comments/", views.comments, name="interaction_comments"),
    path("customers/<int:pk>/comment/", views.customer_comment, name="customer_comment"),
    path("customers/<int:pk>/colleagues/", views.colleagues, name="customer_colleagues"),
]
