"""Addresses of this app."""

from django.urls import path

from followups import views
from followups.listing import FOLLOW_UPS
from intake.export import export_page

urlpatterns = [
    path("follow-ups/", views.follow_up_list, name="follow_up_list"),
    path("follow-ups/export/", export_page(FOLLOW_UPS), name="follow_up_export"),
    path("follow-ups/new/", views.follow_up_new, name="follow_up_new"),
    path("follow-ups/plan/<int:pk>/", views.follow_up_plan, name="follow_up_plan"),
    path("follow-ups/<int:pk>/edit/", views.follow_up_edit, name="follow_up_edit"),
    path("follow-ups/<int:pk>/move/", views.follow_up_move, name="follow_up_move"),
    path("follow-ups/<int:pk>/snooze/", views.follow_up_snooze, name="follow_up_snooze"),
    path("follow-ups/<int:pk>/wake/", views.follow_up_wake, name="follow_up_wake"),
    path("follow-ups/<int:pk>/done/", views.follow_up_done, name="follow_up_done"),
    path("follow-ups/<int:pk>/skip/", views.follow_up_skip, name="follow_up_skip"),
    path("follow-ups/<int:pk>/cancel/", views.follow_up_cancel, name="follow_up_cancel"),
    path("follow-ups/<int:pk>/reopen/", views.follow_up_reopen, name="follow_up_reopen"),
    path("reminders/new/", views.reminder_new, name="reminder_new"),
    path("reminders/<int:pk>/cancel/", views.reminder_cancel, name="reminder_cancel"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.inbox_read, name="inbox_read"),
    path("inbox/<int:pk>/open/", views.notice_open, name="notice_open"),
    path("inbox/<int:pk>/read/", views.notice_read, name="notice_read"),
]
