"""Addresses of what comes in: pages, settings, and the doors for programs of others."""

from django.urls import path

from followups.incoming import doors, inlet_views, views

urlpatterns = [
    path("incoming/", views.incoming_list, name="incoming_list"),
    path("incoming/discard/", views.incoming_discard_many, name="incoming_discard_many"),
    path("incoming/<int:pk>/", views.incoming, name="incoming"),
    path("incoming/<int:pk>/assign/", views.incoming_assign, name="incoming_assign"),
    path("incoming/<int:pk>/customer/", views.incoming_customer, name="incoming_customer"),
    path("incoming/<int:pk>/discard/", views.incoming_discard, name="incoming_discard"),
    path("incoming/<int:pk>/restore/", views.incoming_restore, name="incoming_restore"),
    path("incoming/<int:pk>/release/", views.incoming_release, name="incoming_release"),
    path("addresses/<int:pk>/works/", views.address_works, name="address_works"),
    path("senders/<int:pk>/forget/", views.sender_forget, name="sender_forget"),
    path("settings/incoming/", inlet_views.inlet_list, name="inlet_list"),
    path("settings/incoming/new/", inlet_views.inlet_new, name="inlet_new"),
    path("settings/incoming/<int:pk>/", inlet_views.inlet_edit, name="inlet_edit"),
    path("settings/incoming/<int:pk>/renew/", inlet_views.inlet_renew, name="inlet_renew"),
    path("settings/incoming/<int:pk>/end/", inlet_views.inlet_end, name="inlet_end"),
    path("in/<str:secret>/", doors.webhook, name="incoming_webhook"),
    path("in/wecom/<str:secret>/", doors.wecom, name="incoming_wecom"),
]
