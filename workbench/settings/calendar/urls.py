"""Addresses of the work calendar."""

from datetime import date

from django.urls import path, register_converter

from workbench.settings.calendar import views


class DayConverter:
    """A day in an address: 2026-12-24."""

    regex = r"20\d\d-\d\d-\d\d"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")
urlpatterns = [
    path("settings/calendar/", views.calendar, name="calendar"),
    path("settings/calendar/week/", views.calendar_week, name="calendar_week"),
    path("settings/calendar/import/", views.calendar_import, name="calendar_import"),
    path("settings/calendar/export/", views.calendar_export, name="calendar_export"),
    path("settings/calendar/<day:day>/", views.calendar_day, name="calendar_day"),
    path("settings/calendar/<day:day>/usual/", views.calendar_day_remove, name="calendar_day_remove"),
]
