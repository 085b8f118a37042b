"""Whether this installation can serve: for supervisors and load balancers."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from core import schema


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 only when the database answers and has all migrations of this code."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM core_company LIMIT 1")
        if not schema.is_complete():
            return JsonResponse({"status": "migrations missing"}, status=503)
    except DatabaseError:
        return JsonResponse({"status": "down"}, status=503)
    return JsonResponse({"status": "ok"})
