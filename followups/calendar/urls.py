"""Addresses of the calendar of follow-ups."""

from django.urls import path

from followups.calendar import feed_views, views

urlpatterns = [
    path("follow-ups/calendar/", views.follow_up_calendar, name="follow_up_calendar"),
    path("profile/calendar/", feed_views.calendar_feed_page, name="calendar_feed_page"),
    path("profile/calendar/end/", feed_views.calendar_feed_end, name="calendar_feed_end"),
    path("calendar/<str:secret>.ics", feed_views.calendar_feed, name="calendar_feed"),
    path("settings/plans/calendar/", views.calendar_settings, name="calendar_settings"),
]
