"""Addresses of messages and their templates."""

from django.urls import path

from followups.messages import reader_views, template_views, views

urlpatterns = [
    path("messages/", views.message_list, name="message_list"),
    path("messages/new/", views.message_new, name="message_new"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("messages/<int:pk>/sent/", views.message_sent, name="message_sent"),
    path("messages/<int:pk>/again/", views.message_again, name="message_again"),
    path("messages/<int:pk>/cancel/", views.message_cancel, name="message_cancel"),
    path("messages/automatic/", views.automatic_list, name="automatic_messages"),
    path("messages/automatic/release/", views.automatic_release, name="automatic_release"),
    path("messages/automatic/stop/", views.automatic_stop, name="automatic_stop"),
    path("settings/messages/", views.message_settings, name="message_settings"),
    path("u/<str:token>", reader_views.reader, name="reader"),
    path("settings/templates/", template_views.template_list, name="template_list"),
    path("settings/templates/new/", template_views.template_new, name="template_new"),
    path("settings/templates/<int:pk>/", template_views.template_edit, name="template_edit"),
]
