"""Addresses of suspected duplicates and merges."""

from django.urls import path

from customers.duplicates import views

urlpatterns = [
    path("customers/duplicates/", views.duplicate_list, name="duplicate_list"),
    path("customers/duplicates/<int:pk>/", views.duplicate_pair, name="duplicate_pair"),
    path("customers/duplicates/<int:pk>/different/", views.duplicate_different, name="duplicate_different"),
    path("customers/duplicates/<int:pk>/open/", views.duplicate_open, name="duplicate_open"),
    path("customers/merge/", views.customers_merge, name="customers_merge"),
    path("customers/<int:pk>/merge/", views.customer_merge, name="customer_merge"),
    path("customers/merges/", views.merge_list, name="merge_list"),
    path("customers/merges/<int:pk>/undo/", views.merge_undo, name="merge_undo"),
]
