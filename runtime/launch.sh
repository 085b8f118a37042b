#!/bin/sh
# Finds a Python >= 3.11 and hands over to the package beside this file.
# Modules are kept compiled: the many processes of a start or a test run would each compile all of Django anew.
unset PYTHONDONTWRITEBYTECODE
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd -P) || exit 1
for python in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$python" "$here" "$@"
    fi
done
found=$(python3 --version 2>/dev/null || echo "no python3")
echo "Keben needs Python 3.11 or newer; found here: $found." >&2
echo "What to do: install it (Debian, Ubuntu: apt-get install python3 python3-venv) and call this again." >&2
exit 1
