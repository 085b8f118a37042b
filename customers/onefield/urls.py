"""The address of one field of a customer's file."""

from django.urls import path

from customers.onefield import views

urlpatterns = [
    path("customers/<int:pk>/field/<slug:name>/", views.customer_field, name="customer_field"),
]
