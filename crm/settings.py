"""Settings of Keben. Every value that an operator may set comes from the environment through crm/env.py."""

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from kombu import Queue
from whitenoise.compress import Compressor

from core.contributions import registry
from core.headers import file_headers
from core.sizes import FORM_BYTES
from crm import addresses
from crm.env import BASE_DIR, currency, data_dir, env, load_env_files, read, time_zone
from crm.logs import logging_config
from crm.wiring import APPS

load_env_files()

DATA_DIR = data_dir()
DEBUG = read(env.bool, "DEBUG", default=False)
SECRET_KEY = read(env.str, "SECRET_KEY", default="")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured(
        "The variable SECRET_KEY must hold at least 32 random characters; bin/start writes one into the data folder."
    )

# --- addresses -------------------------------------------------------------------------------------------------------
BASE_URL = read(env.str, "BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
BASE_HOST = addresses.base_host(BASE_URL)
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = addresses.allowed_hosts(read(env.list, "ALLOWED_HOSTS", default=[]), BASE_HOST)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXIES = addresses.proxies(read(env.list, "TRUSTED_PROXIES", default=[]))
# The installation's own certificate authority, which people's devices may fetch and trust; bin/start --lan sets it.
LAN_CA = read(env.str, "KEBEN_LAN_CA", default="")

# --- company ---------------------------------------------------------------------------------------------------------
# Fixed in the database at the first start; empty here means "what the database says" (core/company.py).
COMPANY_TIME_ZONE = time_zone("TIME_ZONE", "") if read(env.str, "TIME_ZONE", default="") else ""
COMPANY_CURRENCY = currency("CURRENCY", "") if read(env.str, "CURRENCY", default="") else ""
DEMO_PASSWORD = read(env.str, "DEMO_PASSWORD", default="")

# --- parts -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "accounts",  # before auth: its createsuperuser is ours
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "pgtrigger",
    "pghistory",
    "django_structlog",
    "ui",
    *(app for app in APPS if app != "accounts"),
    "demo",
    "crm",
]
MIDDLEWARE = [
    "core.middleware.trusted_proxies",
    "django_structlog.middlewares.RequestMiddleware",
    "core.serving.number_and_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # files come compressed, so before the next
    # Pages over a phone's connection; Django pads them randomly and masks CSRF tokens, so that length tells nothing.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.security_headers",
    "core.middleware.follow_database_clock",
    "core.serving.survive_restarts",
    "core.serving.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.bodies.limit_bodies",  # before all that reads a body
    "core.middleware.refuse_nul_in_address",
    "accounts.middleware.keep_expired_post",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.session_rules",
    "accounts.middleware.note_refusals",
    "accounts.middleware.personal_settings",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.RefuseNulInFields",
    "accounts.middleware.first_password_change",
    "accounts.middleware.AnswerLimits",
    "segmentation.segments.timing.limit_lists",
    "ui.middleware.say_only_a_button",
]
ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ui.shell.shell",
            ],
            "builtins": ["ui.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

# --- data ------------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **read(env.dj_db_url, "DATABASE_URL", default="postgres://keben@127.0.0.1:5432/keben"),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": read(env.str, "KEBEN_TEST_DB", default="test_keben")},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGE_DIR = read(env.str, "STORAGE_DIR", default="") or str(DATA_DIR / "files")
MEDIA_ROOT = STORAGE_DIR
BACKUP_DIR = read(env.str, "BACKUP_DIR", default="") or str(DATA_DIR / "backups")

# --- people ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for this host alone, until HSTS_INCLUDE_SUBDOMAINS says otherwise
    "security.W008",  # the proxy that speaks https sends plain http there
    "security.W021",  # the browsers' preload list is for the owner of the whole domain to choose
]
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailOrMobileBackend"]
PASSWORD_HASHERS = ["accounts.hashers.ModestArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.VarietyValidator"},
    {"NAME": "accounts.passwords.GuessesValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 30 * 86400
SESSION_SAVE_EVERY_REQUEST = False

# --- words -----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- web -------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "core.staticstore.StaticStorage"},
}
# Source maps of the API docs are megabytes that nobody loads; compressing them took half of the first start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
WHITENOISE_ADD_HEADERS_FUNCTION = file_headers
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS and addresses.is_on_the_internet(BASE_HOST) else 0
# Names below ours are the operator's to promise; cookies don't depend on them (__Host-). Preload is never asked for.
SECURE_HSTS_INCLUDE_SUBDOMAINS = read(env.bool, "HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "django_language"
MESSAGE_STORAGE = "core.cookies.MessageStorage"
CSRF_FAILURE_VIEW = "accounts.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = FORM_BYTES
# What anybody may send stays in memory; only uploads of people who may import reach the disk (accounts/bodies.py).
FILE_UPLOAD_MAX_MEMORY_SIZE = FORM_BYTES

# --- mail ------------------------------------------------------------------------------------------------------------
_mail = addresses.mail_server(read(env.str, "EMAIL_URL", default=""))
# Without a server there is no other one to fall back to: whatever listens on this machine isn't the company's.
EMAIL_CONFIGURED = bool(_mail.host)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_CONFIGURED else "core.mailoff.RefusingBackend"
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.security == addresses.STARTTLS, _mail.security == addresses.TLS
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = _mail.sender or f"keben@{BASE_HOST}"

# --- what else leaves ------------------------------------------------------------------------------------------------
# Private or unencrypted targets, by the environment alone: no page may let this server talk to its own network.
OUTBOUND_ALLOW = addresses.outbound_allow(read(env.list, "OUTBOUND_ALLOW", default=[]))
# The same for browsers' push services, whose addresses anybody who signs in may give: none, but for a test's own.
PUSH_ALLOW: frozenset[tuple[str, int]] = frozenset()
SMS_URL = addresses.sms_gateway(read(env.str, "SMS_URL", default=""))
WECOM_URL = addresses.im_app("WECOM_URL", read(env.str, "WECOM_URL", default=""))
DINGTALK_URL = addresses.im_app("DINGTALK_URL", read(env.str, "DINGTALK_URL", default=""))
IMAP_URL = addresses.mailbox(read(env.str, "IMAP_URL", default=""))
WEBHOOK_URLS = addresses.webhooks(read(env.list, "WEBHOOK_URLS", default=[]))

# --- background work -------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = addresses.broker(read(env.str, "REDIS_URL", default="") or "redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # every task only looks into its table, so running twice is harmless
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Whatever a file does, it delays no night and no mail: imports have a queue and a worker of their own. A worker that
# is told no queue takes both.
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_QUEUES = (Queue("celery", routing_key="celery"), Queue("imports", routing_key="imports"))
CELERY_TASK_ROUTES = {"tick_jobs": {"queue": "imports"}}
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_PUBLISH_RETRY = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for the broker as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_BEAT_SCHEDULER = "crm.beat.SteadyScheduler"
# No `expires`: the worker would read it by a clock of its own; the scheduler stops adding while messages wait.
CELERY_BEAT_SCHEDULE = {
    "dispatch": {"task": "tick_dispatch", "schedule": 15.0, "options": {"retry": False}},
    "jobs": {"task": "tick_jobs", "schedule": 5.0, "options": {"retry": False}},
    "backup": {"task": "tick_backup", "schedule": 60.0, "options": {"retry": False}},
    "mailbox": {"task": "tick_mailbox", "schedule": 60.0, "options": {"retry": False}},
    "night": {"task": "tick_night", "schedule": 60.0, "options": {"retry": False}},
}

# --- API -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.rest.parsers.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "accounts.rest.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "accounts.api.problem_response",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "1200/min"},
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Keben API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SORT_OPERATIONS": False,
    # Read when the API is described: apps are there by then.
    "ENUM_NAME_OVERRIDES": SimpleLazyObject(lambda: registry().choice_names),
}

METRICS_TOKEN = read(env.str, "METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("The variable METRICS_TOKEN must hold at least 16 random characters, or be unset.")

LOGGING = logging_config(debug=DEBUG)
DJANGO_STRUCTLOG_CELERY_ENABLED = False
