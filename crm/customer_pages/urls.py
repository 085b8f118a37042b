"""Addresses of the pages that put a customer together from all apps."""

from django.urls import path, re_path

from crm.customer_pages import log_views, page_views, views

urlpatterns = [
    path("customers/", views.customer_list, name="customer_list"),
    path("customers/filters/", views.customer_filters, name="customer_filters"),
    path("customers/<int:pk>/", page_views.customer, name="customer"),
    path("customers/<int:pk>/timeline/", page_views.customer_timeline, name="customer_timeline"),
    re_path(r"^customers/(?P<pk>\d{1,18})/(?P<way>previous|next)/$", page_views.customer_step, name="customer_step"),
    path("interactions/new/", log_views.interaction_new, name="interaction_new"),
    path("interactions/<int:pk>/undo/", log_views.interaction_undo, name="interaction_undo"),
    path("search/", views.search, name="search"),
]
