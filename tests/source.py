"""Our own source, read with `ast`: files, modules, imports. For the tests that hold it to the plan."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.plan import APPS, SLICES

ROOT = Path(__file__).resolve().parent.parent


def files(*suffixes: str) -> list[Path]:
    found = []
    for app in [*APPS, "templates"]:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix in suffixes and "migrations" not in path.parts and "vendor" not in path.parts:
                found.append(path)
    return found


def module_of(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def trees() -> dict[str, ast.Module]:
    return {module_of(path): ast.parse(path.read_text(), str(path)) for path in files(".py")}


@cache
def imports() -> dict[str, dict[str, int]]:
    """{module: {what it imports: line}}; a name of a package that is a module counts as that module."""
    known = set(trees())
    found: dict[str, dict[str, int]] = {}
    for module, tree in trees().items():
        found[module] = {}
        for node in runtime_nodes(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[module].setdefault(alias.name, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module}:{node.lineno} imports by dots"
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    found[module].setdefault(whole if whole in known else node.module or "", node.lineno)
    return found


def runtime_nodes(node: ast.AST):
    """All nodes but those under `if TYPE_CHECKING:`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for other in child.orelse:
                yield from runtime_nodes(other)
            continue
        yield child
        yield from runtime_nodes(child)


def ours(name: str) -> bool:
    return name.split(".")[0] in APPS


def slice_of(module: str) -> tuple[str, str | None]:
    app, *rest = module.split(".")
    return app, rest[0] if rest and rest[0] in SLICES.get(app, []) else None
