"""Settings under test: cheap password hashing and plain static files; everything else as in production."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only-key-with-more-than-thirty-two-characters")
os.environ.setdefault("TIME_ZONE", "Asia/Shanghai")
os.environ.setdefault("CURRENCY", "CNY")

from crm.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
EMAIL_CONFIGURED = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True
