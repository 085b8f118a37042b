"""What is counted of every request, for /metrics; by all processes of the web server together (gunicorn.conf.py)."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter("keben_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "keben_request_seconds", "Time to the answer.", ["route"], buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
)


def count(method: str, route: str, status: int, seconds: float) -> None:
    """One answered request."""
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)
