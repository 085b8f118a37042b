"""Addresses of files at customers."""

from django.urls import path

from customers.attachments import views
from customers.attachments.listing import ATTACHMENTS
from intake.export import export_page

urlpatterns = [
    path("files/", views.file_keep, name="file_keep"),
    path("files/<slug:stored>/small/", views.file_small, name="file_small"),
    path("attachments/", views.attachment_list, name="attachment_list"),
    path("attachments/new/", views.attachment_new, name="attachment_new"),
    path("attachments/bin/", views.attachment_bin, name="attachment_bin"),
    path("attachments/export/", export_page(ATTACHMENTS), name="attachment_export"),
    path("attachments/<int:pk>/edit/", views.attachment_edit, name="attachment_edit"),
    path("attachments/<int:pk>/download/", views.attachment_download, name="attachment_download"),
    path("attachments/<int:pk>/picture/", views.attachment_picture, name="attachment_picture"),
    path("attachments/<int:pk>/small/", views.attachment_small, name="attachment_small"),
    path("attachments/<int:pk>/delete/", views.attachment_delete, name="attachment_delete"),
    path("attachments/<int:pk>/restore/", views.attachment_restore, name="attachment_restore"),
]
