"""The address of files for the people whom they are about."""

from django.urls import path

from customers.disclosure import views

urlpatterns = [path("customers/disclose/", views.customer_disclose, name="customer_disclose")]
