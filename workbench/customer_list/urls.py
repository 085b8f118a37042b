"""Addresses of the customer list and what leads through it."""

from django.urls import path, re_path

from intake.export import export_page
from workbench.customer_list import bulk, changes, setting, views
from workbench.customer_list.listing import CUSTOMERS

urlpatterns = [
    path("customers/", views.customer_list, name="customer_list"),
    path("customers/export/", export_page(CUSTOMERS), name="customer_export"),
    path("customers/assign/", bulk.customers_assign, name="customers_assign"),
    path("customers/tag/", bulk.customers_tag, name="customers_tag"),
    path("customers/plan/", bulk.customers_plan, name="customers_plan"),
    path("customers/set/", setting.customers_set, name="customers_set"),
    path("customers/changes/", changes.many_change_list, name="many_change_list"),
    path("customers/changes/<int:pk>/", changes.many_change, name="many_change"),
    path("customers/changes/<int:pk>/undo/", changes.customers_put_back, name="customers_put_back"),
    path("customers/filters/", views.customer_filters, name="customer_filters"),
    re_path(r"^customers/(?P<pk>\d{1,18})/(?P<way>previous|next)/$", views.customer_step, name="customer_step"),
]
