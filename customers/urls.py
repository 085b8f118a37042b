"""Addresses of this app; the list and the customer page are in workbench/, the visit log in followups/log/."""

from django.urls import path

from customers import pausing, views
from customers.catalogues import channels, required, tags

urlpatterns = [
    path("data-quality/", views.data_quality, name="data_quality"),
    path("customers/new/", views.customer_new, name="customer_new"),
    path("customers/new/known/", views.customer_known, name="customer_known"),
    path("customers/bin/", views.customer_bin, name="customer_bin"),
    path("customers/assign/", views.customers_assign, name="customers_assign"),
    path("customers/tag/", views.customers_tag, name="customers_tag"),
    path("customers/<int:pk>/edit/", views.customer_edit, name="customer_edit"),
    path("customers/<int:pk>/delete/", views.customer_delete, name="customer_delete"),
    path("customers/<int:pk>/restore/", views.customer_restore, name="customer_restore"),
    path("customers/<int:pk>/purge/", views.customer_purge, name="customer_purge"),
    path("customers/<int:pk>/claim/", views.customer_claim, name="customer_claim"),
    path("customers/<int:pk>/transfer/", views.customer_transfer, name="customer_transfer"),
    path("customers/<int:pk>/share/", views.customer_share, name="customer_share"),
    path("customers/<int:pk>/stage/", pausing.customer_stage, name="customer_stage"),
    path("customers/<int:pk>/stage/undo/", pausing.customer_stage_undo, name="customer_stage_undo"),
    path("customers/<int:pk>/pause/", pausing.customer_pause, name="customer_pause"),
    path("customers/<int:pk>/resume/", pausing.customer_resume, name="customer_resume"),
    path("customers/<int:pk>/reveal/", views.customer_reveal, name="customer_reveal"),
    path("customers/<int:pk>/contacts/new/", views.contact_new, name="contact_new"),
    path("contacts/<int:pk>/edit/", views.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/delete/", views.contact_delete, name="contact_delete"),
    path("contacts/<int:pk>/restore/", views.contact_restore, name="contact_restore"),
    path("settings/required-fields/", required.required_fields, name="required_fields"),
    path("settings/required-fields/<slug:kind>/", required.required_fields_edit, name="required_fields_edit"),
    path("settings/channels/", channels.channel_list, name="channel_list"),
    path("settings/channels/new/", channels.channel_new, name="channel_new"),
    path("settings/channels/<int:pk>/edit/", channels.channel_edit, name="channel_edit"),
    path("settings/channels/<int:pk>/move/", channels.channel_move, name="channel_move"),
    path("settings/channels/<int:pk>/retire/", channels.channel_retire, name="channel_retire"),
    path("settings/channels/<int:pk>/restore/", channels.channel_restore, name="channel_restore"),
    path("settings/channels/<int:pk>/merge/", channels.channel_merge, name="channel_merge"),
    path("settings/tags/", tags.tag_list, name="tag_list"),
    path("settings/tags/new/", tags.tag_new, name="tag_new"),
    path("settings/tags/<int:pk>/edit/", tags.tag_edit, name="tag_edit"),
    path("settings/tags/<int:pk>/retire/", tags.tag_retire, name="tag_retire"),
    path("settings/tags/<int:pk>/restore/", tags.tag_restore, name="tag_restore"),
    path("settings/tags/<int:pk>/merge/", tags.tag_merge, name="tag_merge"),
]
