"""Headers of every answer; without Django, as the settings name them."""

PERMISSIONS_POLICY = "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"  # of a stylesheet, script or picture opened as a page
# Of what the web server refuses before the application sees it.
REFUSAL_HEADERS = {
    "Content-Security-Policy": FILE_POLICY,
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


def file_headers(headers: dict[str, str], path: str, url: str) -> None:
    """Those of static files, which are answered before the other middleware."""
    headers["Permissions-Policy"] = PERMISSIONS_POLICY
    headers["Content-Security-Policy"] = FILE_POLICY
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
