"""Errors of the API as RFC 9457 problem details: a sentence in the reader's language and messages by field."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.exceptions import ValidationError as ModelValidationError
from django.db import DataError, IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.limits import LimitReachedError
from core.idempotency import KeyReusedError, MadeAndGoneError
from core.versions import StaleVersionError

MEDIA_TYPE = "application/problem+json"
GENERAL = "non_field_errors"


class Conflict(exceptions.APIException):
    """409: the request is fine, the row isn't in the state for it. `members` stand beside the sentence."""

    def __init__(self, detail: Any = None, **members: Any) -> None:
        super().__init__(detail)
        self.members = members

    status_code = status.HTTP_409_CONFLICT
    default_detail = gettext_lazy("This is not possible in the present state of the row.")
    default_code = "conflict"


class Stale(exceptions.APIException):
    """412: If-Match names an old version."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = gettext_lazy("Somebody changed this meanwhile. Read it again and repeat your change.")
    default_code = "stale"


class MatchMissing(exceptions.APIException):
    """428: a change without If-Match."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = gettext_lazy("Send the ETag of the version that you read as If-Match.")
    default_code = "match_missing"


class KeyReused(exceptions.APIException):
    """422: the Idempotency-Key was used with another body."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = gettext_lazy("This Idempotency-Key was used before with another body. Take a new key.")
    default_code = "key_reused"


class TooLarge(exceptions.APIException):
    """413: more than the server takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The body is too large.")
    default_code = "too_large"


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to `error`; None for what isn't the sender's fault (500)."""
    response = exception_handler(_as_api_error(error), context)
    if response is None:
        return None
    fields = _fields(response)
    phrase = HTTPStatus(response.status_code).phrase
    body = {"type": "about:blank", "title": phrase, "status": response.status_code, "detail": _detail(response, fields)}
    response.data = body | ({"errors": fields} if fields else {}) | getattr(error, "members", {})
    response.content_type = MEDIA_TYPE
    return response


def _as_api_error(error: Exception) -> Exception:
    """What services raise, as what the API answers."""
    if isinstance(error, ModelValidationError):
        by_field = error.message_dict if hasattr(error, "error_dict") else {GENERAL: error.messages}
        return exceptions.ValidationError(by_field)
    if isinstance(error, StaleVersionError):
        return Stale()
    if isinstance(error, ObjectDoesNotExist):  # it was there when the request came, and was removed meanwhile
        return exceptions.NotFound()
    if isinstance(error, MadeAndGoneError):
        return Conflict(_("What this Idempotency-Key made has been deleted since. Take a new key."))
    if isinstance(error, KeyReusedError):
        return KeyReused()
    if isinstance(error, LimitReachedError):
        throttled = exceptions.Throttled(detail=str(error))
        throttled.wait = error.seconds
        return throttled
    if isinstance(error, DataError):
        return exceptions.ValidationError({GENERAL: [_("A value is outside of what can be stored.")]})
    if isinstance(error, IntegrityError):
        return Conflict(_("This collides with a row that exists already."))
    return error


def _fields(response: Response) -> dict[str, Any]:
    """Messages by field of a refused body or query; {} for other errors."""
    if response.status_code != status.HTTP_400_BAD_REQUEST:
        return {}
    if isinstance(response.data, list):
        return {GENERAL: response.data}
    return response.data if isinstance(response.data, dict) and "detail" not in response.data else {}


def _detail(response: Response, fields: dict[str, Any]) -> str:
    if set(fields) == {GENERAL}:
        return " ".join(str(message) for message in fields[GENERAL])
    if fields:
        return _("Please check: %(names)s.") % {"names": ", ".join(sorted(fields))}
    return str(response.data.get("detail", "")) if isinstance(response.data, dict) else str(response.data)
