"""OpenAPI of the collections: their errors, the headers of versions and keys."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter

from accounts.rest.problems import MEDIA_TYPE

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence in the reader's language."},
        "errors": {"type": "object", "description": "Messages by field.", "additionalProperties": True},
    },
}
MEANINGS = {
    "400": "The query or the body isn't right; `errors` names the fields.",
    "401": "No valid token and no session.",
    "403": "Seen, but not for this person to do.",
    "404": "There is no such row, or none that this person may know of.",
    "409": "The row isn't in the state for it, or it collides with another one.",
    "412": "If-Match names an old version.",
    "413": "The body is too large.",
    "415": "Another Content-Type is needed.",
    "422": "The Idempotency-Key was used with another body.",
    "428": "If-Match is missing.",
    "429": "Too many requests; `Retry-After` says how many seconds to wait.",
}
WRITES = ("POST", "PUT", "PATCH", "DELETE")


class ProblemSchema(AutoSchema):
    """AutoSchema with problem+json errors, If-Match and Idempotency-Key."""

    def get_override_parameters(self) -> list[Any]:
        """The request headers of the operation."""
        headers = []
        if self._needs_match():
            headers.append(_header("If-Match", "The ETag of the version that was read. Needed: 428 without it."))
        if self._creates():
            headers.append(_header("Idempotency-Key", "The same key and body make one row, however often sent."))
        return [*headers, *super().get_override_parameters()]

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for code in self._errors():
            bodies.setdefault(code, _problem(self.registry, MEANINGS[code]))
        return bodies

    def _errors(self) -> list[str]:
        codes = {"400", "401", "403", "429"}
        if "{id}" in self.path:
            codes.add("404")
        if self.method in WRITES:
            codes |= {"409", "413", "415"}
        if self._needs_match():
            codes |= {"412", "428"}
        if self._creates():
            codes.add("422")
        # What an action of its own may answer besides, such as one that names a row by a parameter.
        codes |= set(getattr(self.view, "further_errors", {}).get(getattr(self.view, "action", ""), ()))
        return sorted(codes)

    def _needs_match(self) -> bool:
        action = getattr(self.view, "action", "")
        return self.method in ("PUT", "PATCH", "DELETE") or action in getattr(self.view, "matched_actions", ())

    def _creates(self) -> bool:
        return getattr(self.view, "action", "") == "create"


def _header(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=False, description=description)


def _problem(registry: Any, description: str) -> dict[str, Any]:
    component = ResolvedComponent(name="Problem", type=ResolvedComponent.SCHEMA, schema=PROBLEM, object="Problem")
    registry.register_on_missing(component)
    return {"content": {MEDIA_TYPE: {"schema": component.ref}}, "description": description}


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token KEY`."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """As an API key in the header."""
        text = "Token KEY; `bin/manage create_token EMAIL` makes one."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": text}


class SessionScheme(OpenApiAuthenticationExtension):
    """The browser's session, with CSRF on writes."""

    target_class = "accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """As a cookie."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
