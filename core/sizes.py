"""How large a request may be; without Django, as the web server asks it too."""

FORM_BYTES = 1024 * 1024  # of everything but uploads
UPLOAD_BYTES = 60 * 1024 * 1024  # of a file with what a form puts around it
