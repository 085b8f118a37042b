"""Grants can be edited, so what a person may do never hangs on their role's code: the source is read for it.

Roles are named where they are made: what they begin with (contributes.py, accounts/policy.py), the words by which user
files call them, the demo company and the migrations.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts import policy

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "core", "ui", "intake", "customers", "sales", "segmentation", "followups", "feedback")
APPS += ("workbench", "crm")
MADE_HERE = ("accounts/policy.py", "intake/user_file.py")
# Also what a customer's field is called: a role only where it stands beside another role's code or as a code.
WORDS_OF_FIELDS = {"owner"}
# Lists that a reader narrows by a role of their choice.
CHOSEN_BY_THE_READER = {"accounts/pages/listing.py": "role__code=code", "accounts/api.py": "field_name='role__code'"}


def product_files() -> list[Path]:
    found = []
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name not in MADE_HERE and path.name != "contributes.py" and not {"tests", "migrations"} & set(path.parts):
            found.append(path)
    return found


def violations(source: str) -> Iterator[tuple[int, str]]:
    """(line, code) of each place that names a role, compares a role's code or looks people up by it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and any(map(_is_code_of_a_role, _parts(node))):
            yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.keyword) and (_looks_up_by_code(node) or _says_a_code(node)):
            yield node.value.lineno, ast.unparse(node)
        elif isinstance(node, ast.Constant) and node.value in policy.ROLE_NAMES and node.value not in WORDS_OF_FIELDS:
            yield node.lineno, ast.unparse(node)


def _says_a_code(node: ast.keyword) -> bool:
    constants = (part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant))
    return node.arg in ("code", "code__in", "role") and any(value in policy.ROLE_NAMES for value in constants)


def _parts(node: ast.Compare) -> Iterator[ast.AST]:
    for side in (node.left, *node.comparators):
        yield side
        yield from side.elts if isinstance(side, ast.Set | ast.Tuple | ast.List) else ()


def _is_code_of_a_role(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "code" and ast.unparse(node.value).endswith("role")


def _looks_up_by_code(node: ast.keyword) -> bool:
    by_keyword = (node.arg or "").startswith("role__code")
    return by_keyword or (isinstance(node.value, ast.Constant) and str(node.value.value).startswith("role__code"))


@pytest.mark.parametrize("path", product_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_role_is_asked_for_by_its_code(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    found = [(line, code) for line, code in violations(path.read_text()) if code != CHOSEN_BY_THE_READER.get(name)]
    assert not found, "\n".join(f"{name}:{line}: {code}" for line, code in found)


@pytest.mark.parametrize(
    ("code", "is_wrong"),
    [
        ("user.role.code == 'x'", True),
        ("by.role.code in HANDLING", True),
        ("{by.role.code, to.role.code} <= HANDLING", True),
        ("role.code != first", True),
        ("User.objects.filter(role__code=first)", True),
        ("User.objects.exclude(role__code__in=others)", True),
        ("CharFilter(field_name='role__code')", True),
        ("Role.objects.get(code='administrator')", True),
        ("wide = ('rep', 'manager')", True),
        ("Role.objects.get(code='owner')", True),
        ("Role.objects.filter(code__in=['owner'])", True),
        ("user_create(role='owner')", True),
        ("user.role.code == 'owner'", True),
        ("Customer.objects.select_related('owner')", False),
        ("audit.record('user.create', role=role.code)", False),
        ("redirect(f'?role={role.code}')", False),
        ("kind.code == code", False),
        ("user.can('customer.purge')", False),
        ("Role.objects.get(code=policy.OWNERS_ROLE)", False),
    ],
)
def test_negative_control(code: str, is_wrong: bool) -> None:
    assert bool(list(violations(code))) is is_wrong
