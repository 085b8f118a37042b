"""The project itself: settings, addresses, the web server, and the one list of apps (wiring.py)."""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
