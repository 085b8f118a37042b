"""Addresses of this app."""

from django.urls import path

from intake.export import export_page
from sales import views
from sales.listing import PRODUCTS
from sales.orderlist import ORDERS

urlpatterns = [
    path("orders/", views.order_list, name="order_list"),
    path("orders/export/", export_page(ORDERS), name="order_export"),
    path("orders/new/", views.order_new, name="order_new"),
    path("orders/<int:pk>/", views.order, name="order"),
    path("orders/<int:pk>/edit/", views.order_edit, name="order_edit"),
    path("orders/<int:pk>/return/", views.order_return, name="order_return"),
    path("orders/<int:pk>/delete/", views.order_delete, name="order_delete"),
    path("orders/<int:pk>/restore/", views.order_restore, name="order_restore"),
    path("products/", views.product_list, name="product_list"),
    path("products/suggest/", views.product_suggest, name="product_suggest"),
    path("products/export/", export_page(PRODUCTS), name="product_export"),
    path("products/new/", views.product_new, name="product_new"),
    path("products/<int:pk>/edit/", views.product_edit, name="product_edit"),
]
