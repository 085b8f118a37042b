"""Structured logs: one JSON object a line, with request and user ids, and nothing of what people typed (core/scrub)."""

from collections.abc import MutableMapping
from typing import Any

import structlog

from core import scrub

# Our own words and numbers.
KEPT = {"timestamp", "level", "logger", "request_id", "correlation_id", "ip", "job", "business_date", "as_of"}


def without_data(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor: every text of the line without personal data."""
    for key, value in event.items():
        if isinstance(value, str) and key not in KEPT:
            event[key] = scrub.scrubbed(value)
    return event


_render_error = structlog.processors.ExceptionRenderer(lambda info: scrub.trace(info[1]))

_SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_config(*, debug: bool) -> dict[str, object]:
    """The LOGGING dictionary; JSON in production, readable lines with DEBUG."""
    renderer = structlog.dev.ConsoleRenderer() if debug else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            _render_error,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _render_error,
            without_data,
            renderer,
        ],
        "foreign_pre_chain": _SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django_structlog": {"level": "WARNING" if not debug else "INFO"},
            "celery": {"level": "WARNING"},
            "pghistory": {"level": "WARNING"},
        },
    }
