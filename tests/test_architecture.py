"""The plan of the house, held against the code: so that code and plan cannot part.

Everything is read from the source with `ast`; imports inside functions count like any other, those for type checkers
only do not.
"""

from __future__ import annotations

import ast
import re

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from crm.access import ScopedQuerySet
from tests.plan import APPS, DOOR_FILES, DOORS, LONG, LONGEST, PURE, SLICES, UNSCOPED
from tests.source import ROOT, files, imports, ours, slice_of, trees

# --- imports --------------------------------------------------------------------------------------------------


def test_the_source_is_read_at_all():
    assert len(trees()) > 60
    assert imports()["customers.tiers.models"]["customers.sales.models"] > 0


def test_no_import_climbs_from_app_to_app():
    climbing = [
        f"{module}:{line} imports {name}"
        for module, names in imports().items()
        for name, line in names.items()
        if ours(name) and APPS.index(name.split(".")[0]) < APPS.index(module.split(".")[0])
    ]
    assert climbing == []


def test_no_import_climbs_from_slice_to_slice():
    climbing = []
    for module, names in imports().items():
        app, part = slice_of(module)
        if app == "crm" and module.rsplit(".", 1)[-1] in DOOR_FILES:
            continue
        for name, line in names.items():
            other_app, other = slice_of(name)
            if app == other_app and part and other and SLICES[app].index(other) < SLICES[app].index(part):
                climbing.append(f"{module}:{line} imports {name}")
    assert climbing == []


def test_every_slice_has_its_place_in_the_plan():
    homeless = [
        f"{app}/{folder.name}"
        for app in SLICES
        for folder in sorted((ROOT / app).iterdir())
        if (folder / "__init__.py").exists()
        and folder.name not in {*SLICES[app], "migrations", "management", "templatetags"}
    ]
    assert homeless == []


def test_no_circle():
    """Strongly connected modules, by Tarjan; a module that gathers (an app's models.py) may be no part of one."""
    graph = {module: [name for name in names if name in trees()] for module, names in imports().items()}
    assert [sorted(group) for group in circles(graph)] == []


def circles(graph: dict[str, list[str]]) -> list[list[str]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = []
            while True:
                group.append(stack.pop())
                if group[-1] == node:
                    break
            if len(group) > 1:
                found.append(group)

    for node in graph:
        if node not in index:
            visit(node)
    return found


def test_a_circle_would_be_found():
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) == [["c", "b", "a"]]


def test_the_ground_floor_names_no_feature():
    """Not even as text in code: features are named in the settings only (and included by URL)."""
    named = []
    for module, tree in trees().items():
        if not module.startswith("crm") or module in (
            "crm.settings",
            "crm.features",
            "crm.backstage",
            "crm.urls",
            "crm.api_urls",
        ):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for app in APPS[:-1]:
                    if re.fullmatch(rf"{app}\.[a-z_.]+[A-Za-z_]*", node.value):
                        named.append(f"{module}:{node.lineno} {node.value}")
    assert named == []


@pytest.mark.parametrize("rule", PURE)
def test_rules_are_pure(rule):
    seen, waiting, foreign = set(), [rule], set()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        for name in imports()[module]:
            if ours(name):
                waiting.append(name)
            else:
                foreign.add(name.split(".")[0])
    import sys

    assert foreign - set(sys.stdlib_module_names) <= PURE[rule]
    assert not foreign & {"time", "socket", "sqlite3", "subprocess"}


def test_rules_read_no_clock():
    asking = [
        f"{module}:{node.lineno}"
        for module in PURE
        for node in ast.walk(trees()[module])
        if isinstance(node, ast.Attribute) and node.attr in ("today", "now", "utcnow")
    ]
    assert asking == []


# --- scope ----------------------------------------------------------------------------------------------------


def scoped_models() -> dict[str, type]:
    return {
        model.__name__: model
        for model in apps.get_models()
        if model._meta.app_label in APPS and isinstance(model._default_manager.all(), ScopedQuerySet)
    }


def test_every_model_says_who_sees_its_rows():
    lacking = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in APPS and model.__name__ not in scoped_models() and model._meta.label not in UNSCOPED
    ]
    assert lacking == []
    for name, model in scoped_models().items():
        mine = type(model._default_manager.all()).visible_to
        assert mine is not ScopedQuerySet.visible_to, f"{name} inherits visible_to without saying who"


def reading_doors() -> list[str]:
    """Modules that answer people: views, API, admin, forms, panels, search, exports, and what lists them."""
    names = re.compile(
        r"(^|[._])(views?|api|admin|forms?|panels|listing|columns|rows|search|searching|exporting|pages)"
    )
    return [
        module
        for module in trees()
        if names.search(module.split(".", 1)[-1]) and not re.search("actions|management", module)
    ]


def test_people_read_scoped_models_through_visible_to_only():
    """No `Model.objects.all/get/filter …`, no `_default_manager`, no `get_object_or_404(Model)` where people read."""
    scoped = scoped_models()
    around = []
    for module in reading_doors():
        path = f"{module.replace('.', '/')}.py"
        for node in ast.walk(trees()[module]):
            if not isinstance(node, ast.Call):
                continue
            text = None
            function = node.func
            if (
                isinstance(function, ast.Attribute)
                and isinstance(function.value, ast.Attribute)
                and isinstance(function.value.value, ast.Name)
                and function.value.value.id in scoped
                and function.value.attr in ("objects", "_default_manager", "_base_manager")
                and function.attr not in ("visible_to", "editable_by", "none")
            ):
                text = f"{function.value.value.id}.{function.attr}"
            elif (
                isinstance(function, ast.Name)
                and function.id in ("get_object_or_404", "get_list_or_404")
                and node.args
                and isinstance(node.args[0], ast.Name)
                and node.args[0].id in scoped
            ):
                text = f"{node.args[0].id}.{function.id}"
            if text and (path, text) not in DOORS:
                around.append(f"{path}:{node.lineno} {text}")
    assert around == [], "\n".join(around)


def test_every_door_left_open_is_there():
    gone = [f"{path} {call}" for path, call in DOORS if not re.search(call.split(".")[0], (ROOT / path).read_text())]
    assert gone == []


def test_serializers_and_forms_name_their_fields():
    """`__all__` and `exclude` would publish a column on the day it is added."""
    vague = []
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == "Meta":
                for line in node.body:
                    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                        name = line.targets[0].id
                        if name == "exclude" or (name == "fields" and "__all__" in ast.unparse(line.value)):
                            vague.append(f"{module}:{line.lineno}")
    assert vague == []


# --- settings -------------------------------------------------------------------------------------------------

DOTTED = [
    "HOME_PANELS",
    "CUSTOMER_PANELS",
    "PERSON_PANELS",
    "TODAY_SOURCES",
    "NOTIFICATION_KINDS",
    "JOB_KINDS",
    "IMPORT_KINDS",
    "EXPORT_KINDS",
    "SEARCH_PROVIDERS",
    "SEARCH_SOURCES",
    "LIST_EXTRAS",
    "MERGE_RULES",
    "ENTRY_CHECKS",
    "BULK_KINDS",
    "DEMO_PARTS",
    "ENTRY_FIELDS",
    "PROMOTION_PLAN_PANELS",
]


@pytest.mark.parametrize("name", DOTTED)
def test_what_settings_name_is_there(name):
    for path in getattr(settings, name):
        assert import_string(path) is not None


@pytest.mark.parametrize("name", ["PROMOTION_PAST", "ESTIMATE_RECORD"])
def test_the_one_thing_a_setting_names_is_there(name):
    assert callable(import_string(getattr(settings, name)))


def test_what_the_timeline_names_is_there():
    assert all(import_string(kind["entries"]) is not None for kind in settings.TIMELINE)


@pytest.mark.parametrize("name", ["JOB_KINDS", "IMPORT_KINDS", "EXPORT_KINDS"])
def test_kinds_have_codes_of_their_own(name):
    codes = [import_string(path).code for path in getattr(settings, name)]
    assert len(codes) == len(set(codes))


def test_the_nightly_jobs_are_kinds_and_in_order():
    codes = {import_string(path).code for path in settings.JOB_KINDS}
    assert [kind for _at, kind in settings.NIGHTLY if kind not in codes] == []
    assert [at for at, _kind in settings.NIGHTLY] == sorted(at for at, _kind in settings.NIGHTLY)


def test_the_menu_leads_somewhere():
    for entry in settings.NAV:
        for url in (entry["url"], *entry.get("also", ())):
            assert reverse(url).startswith("/")
        assert "may" not in entry or callable(import_string(entry["may"]))


# --- size -----------------------------------------------------------------------------------------------------


def test_a_file_is_one_subject():
    long = {
        str(path.relative_to(ROOT)): count
        for path in files(".py", ".html", ".css", ".js")
        if (count := len(path.read_text().splitlines())) > LONGEST
    }
    assert {name: count for name, count in long.items() if name not in LONG} == {}
    assert [name for name in LONG if not (ROOT / name).exists()] == []
