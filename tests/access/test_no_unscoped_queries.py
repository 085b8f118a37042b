"""Views, api, serializers, forms, filters and exports reach business rows only through for_user, or what asks it.

Reads the source, so that a forgotten scope is found before any row leaks. A line that must look at all rows (is this
name taken anywhere?) says why in a comment `# unscoped: ...`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "intake", "customers", "sales", "segmentation", "followups", "feedback", "workbench", "crm")
DOORS = ("views", "api", "serializers", "forms", "filters", "exports", "rest", "viewsets", "pages")
MANAGERS = ("objects", "all_objects", "_base_manager", "_default_manager")
SCOPED = ("for_user", "none", "within")
HANDED_TO = {"row_for", "named_filter"}  # they call for_user themselves


def door_files() -> list[Path]:
    """Every module through which rows reach a person."""
    found = []
    for path in (p for app in APPS for p in (ROOT / app).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_door = any(part.startswith(DOORS) for part in parts[1:]) or parts[0] == "workbench"
        if is_door and "tests" not in parts and "migrations" not in parts and "management" not in parts:
            found.append(path)
    return found


def business_models() -> set[str]:
    return {model.__name__ for model in apps.get_models() if hasattr(model, "scope_resource")}


def violations(source: str, models: set[str]) -> Iterator[tuple[int, str]]:
    """(line, code) of each manager of a business model whose rows leave without for_user or row_for."""
    tree, lines = ast.parse(source), source.splitlines()
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr in MANAGERS and isinstance(node.value, ast.Name)):
            continue
        named = node.value.id in models
        generic = node.attr.startswith("_") and node.value.id[:1].islower()
        if (named or generic) and not _is_scoped(node, parents, tree) and not _is_excused(node, lines):
            yield node.lineno, lines[node.lineno - 1].strip()


Names = frozenset[tuple[ast.AST, str]]  # functions, each with a name in it


def _is_scoped(node: ast.AST, parents: dict[ast.AST, ast.AST], tree: ast.Module, seen: Names = frozenset()) -> bool:
    """Follows the expression up: to for_user, to row_for, to one's own row, or to a name or helper that ends there.

    `seen`: names on the way that are being followed, as `rows` is in `rows = rows.filter(...)`.
    """
    while (parent := parents.get(node)) is not None:
        if isinstance(parent, ast.Attribute) and parent.attr in SCOPED:
            return True
        if isinstance(parent, ast.Call) and node in parent.args:
            return isinstance(parent.func, ast.Name) and parent.func.id in HANDED_TO
        if isinstance(parent, ast.Call) and any(_is_own_row(word) for word in parent.keywords):
            return True
        if isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name):
            name, function = parent.targets[0].id, _function_of(parent, parents)
            return (function, name) not in seen and _ends_scoped(name, function, parents, seen | {(function, name)})
        if isinstance(parent, ast.Return):
            return _helper_is_scoped(_function_of(parent, parents), parents, tree)
        if not isinstance(parent, ast.Attribute | ast.Call):
            return False
        node = parent
    return False


def _is_own_row(word: ast.keyword) -> bool:
    return word.arg == "pk" and ast.unparse(word.value) in ("user.pk", "request.user.pk")


def _function_of(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST:
    while not isinstance(node, ast.FunctionDef | ast.Module):
        node = parents[node]
    return node


def _ends_scoped(name: str, function: ast.AST, parents: dict[ast.AST, ast.AST], seen: Names) -> bool:
    """Whether rows bound to `name` leave the function only through for_user or row_for."""
    uses = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    if _returned(uses, parents):
        return _helper_is_scoped(function, parents, None)
    return bool(uses) and any(_is_scoped(use, parents, ast.Module([], []), seen) for use in uses)


def _returned(uses: list[ast.Name], parents: dict[ast.AST, ast.AST]) -> bool:
    return any(isinstance(_top(use, parents), ast.Return) for use in uses)


def _top(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST:
    while isinstance(parents[node], ast.Attribute | ast.Call) and node is not None:
        if isinstance(parents[node], ast.Call) and node in parents[node].args:
            return parents[node]
        if isinstance(parents[node], ast.Attribute) and parents[node].attr in SCOPED:
            return parents[node]
        node = parents[node]
    return parents[node]


def _helper_is_scoped(function: ast.AST, parents: dict[ast.AST, ast.AST], tree: ast.Module | None) -> bool:
    """`rows()` of an API collection (its base asks for_user), or a private helper whose every call is scoped."""
    if not isinstance(function, ast.FunctionDef):
        return False
    if isinstance(owner := parents[function], ast.ClassDef):
        bases = {ast.unparse(base) for base in owner.bases}
        return function.name == "rows" and "Collection" in bases
    root = tree or _module(function, parents)
    calls = [n for n in ast.walk(root) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == function.name]
    return function.name.startswith("_") and bool(calls) and all(_is_scoped(c, parents, root) for c in calls)


def _module(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.Module:
    while not isinstance(node, ast.Module):
        node = parents[node]
    return node


def _is_excused(node: ast.AST, lines: list[str]) -> bool:
    return any("# unscoped:" in line for line in lines[max(0, node.lineno - 2) : node.end_lineno])


@pytest.mark.parametrize("path", door_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_door_asks_who_is_looking(path: Path) -> None:
    found = list(violations(path.read_text(), business_models()))
    assert not found, "\n".join(f"{path.relative_to(ROOT)}:{line}: {code}" for line, code in found)


def test_the_base_of_api_collections_asks_for_user() -> None:
    tree = ast.parse((ROOT / "accounts/rest/viewsets.py").read_text())
    base = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Collection")
    reads = [
        ast.unparse(n) for n in ast.walk(base) if isinstance(n, ast.FunctionDef) and "self.rows()" in ast.unparse(n)
    ]
    asking = (".for_user(self.request.user", "row_for(self.rows(), self.request.user", "self.rows().model")
    assert reads
    assert all(any(words in code for words in asking) for code in reads)


@pytest.mark.parametrize(
    ("code", "is_wrong"),
    [
        ("Customer.objects.filter(pk=pk)", True),
        ("Customer.all_objects.get(pk=pk)", True),
        ("get_object_or_404(Customer, pk=pk)\nx = Customer.objects", True),
        ("model._base_manager.filter(pk=1)", True),
        ("list(Order.objects.select_related('customer').order_by('pk'))", True),
        ("Customer.objects.for_user(user).filter(pk=pk)", False),
        ("Order.objects.select_related('customer').for_user(user, 'change')", False),
        ("row_for(Customer.objects.select_related('facts'), user, pk)", False),
        ("named_filter('customer', label, Customer.objects, 'customer')", False),
        ("other_filter('customer', label, Customer.objects, 'customer')", True),
        ("def f(user, pk):\n    rows = Customer.objects.filter(a=1)\n    return row_for(rows, user, pk)", False),
        ("def f(user, pk):\n    rows = Customer.objects.filter(a=1)\n    return list(rows)", True),
        ("def f(u):\n    rows = Order.objects.all()\n    rows = rows.filter(a=1)\n    return rows.for_user(u)", False),
        ("def f(u):\n    rows = Customer.objects.all()\n    rows = rows.filter(a=1)\n    return list(rows)", True),
        ("def f(u):\n    a = Customer.objects.all()\n    b = a.all()\n    a = b.all()\n    return list(a)", True),
        ("def _all():\n    return Customer.objects.all()\ndef f(u, p):\n    return row_for(_all(), u, p)", False),
        ("def _all():\n    return Customer.objects.all()\ndef f(u, p):\n    return list(_all())", True),
        ("def rows():\n    return Customer.objects.all()", True),
        ("class Api(Collection):\n    def rows(self):\n        return Customer.objects.all()", False),
        ("class Api(Catalogue):\n    def rows(self):\n        return Customer.objects.all()", True),
        ("Customer.objects.filter(pk=request.user.pk)", False),
        ("Customer.objects.none()", False),
        ("Product.objects.all()", False),
        ("# unscoped: is the number taken anywhere?\nCustomer.objects.filter(number=n).exists()", False),
    ],
)
def test_negative_control(code: str, is_wrong: bool) -> None:
    assert bool(list(violations(code, {"Customer", "Order"}))) is is_wrong
