"""Headers of every answer; without Django, as the settings name them."""

PERMISSIONS_POLICY = "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"  # of a stylesheet, script or picture opened as a page


def file_headers(headers: dict[str, str], path: str, url: str) -> None:
    """Those of static files, which are answered before the other middleware."""
    headers["Permissions-Policy"] = PERMISSIONS_POLICY
    headers["Content-Security-Policy"] = FILE_POLICY
