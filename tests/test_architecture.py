"""The plan of the house, held against the code: so that code and plan cannot part.

Everything is read from the source with `ast`; imports inside functions count like any other, those for type checkers
only do not.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from crm.access import ScopedQuerySet

ROOT = Path(__file__).resolve().parent.parent
APPS = ["promotions", "visits", "customers", "crm"]  # each may import those after it
# Inside an app, a slice may import those after it.
SLICES = {
    "visits": ["plan"],
    "customers": [
        "demo",
        "portal",
        "pages",
        "privacy",
        "duplicates",
        "finding",
        "care",
        "channel",
        "support",
        "tiers",
        "scores",
        "trust",
        "slumps",
        "surveys",
        "contacts",
        "promises",
        "issues",
        "relationship",
        "receivables",
        "sales",
        "people",
        "files",
        "facts",
        "profile",
    ],
    "crm": [
        "today",
        "api",
        "imports",
        "exports",
        "listing",
        "notifications",
        "jobs",
        "shell",
        "accounts",
        "audit",
        "tables",
    ],
}
# On the ground floor a slice's doors (pages, REST, admin) stand above all slices: every list pages and every answer is
# refused in the same way. Its rules, tables and actions keep to the order.
DOOR_FILES = {"views", "api", "admin", "urls", "forms", "design", "bulk"}
# Rules: no Django, no clock, no database; nor in anything they import. What else they may use, by name.
PURE = {
    "crm.periods": set(),
    "crm.geo": set(),
    "crm.notifications.hours": set(),
    "crm.today.ranking": set(),
    "customers.tiers.tiering": set(),
    "customers.tiers.terms": set(),
    "customers.tiers.wayup": set(),
    "customers.tiers.movements": set(),
    "customers.scores.betas": set(),
    "customers.scores.terms": set(),
    "customers.scores.cooperation": set(),
    "customers.scores.loyalty": set(),
    "customers.scores.worth": set(),
    "customers.tiers.lab": set(),
    "customers.receivables.allocating": set(),
    "customers.receivables.ageing": set(),
    "customers.receivables.paying": set(),
    "customers.receivables.promising": set(),
    "customers.receivables.recovering": set(),
    "customers.support.entitling": set(),
    "customers.support.balance": set(),
    "customers.profile.searching": {"pypinyin"},
    "customers.facts.values": set(),
    "customers.facts.completeness": set(),
    "customers.channel.tree": set(),
    "customers.files.sniffing": set(),
    "customers.files.pictures": {"PIL"},
    "customers.demo.pictures": {"PIL"},
    "customers.people.network": set(),
    "customers.finding.matching": {"pypinyin"},
    "customers.duplicates.likeness": {"pypinyin"},
    "customers.demo.places": set(),
    "customers.demo.names": set(),
    "customers.demo.calendar": {"holidays"},
    "customers.demo.company": {"holidays"},
    "customers.demo.sales": {"holidays"},
    "customers.demo.knowledge": {"holidays"},
    "customers.demo.receivables": {"holidays"},
    "customers.trust.ledger": set(),
    "customers.trust.silence": set(),
    "customers.trust.complaints": set(),
    "customers.promises.keeping": set(),
    "customers.contacts.openers": set(),
    "customers.issues.terms": set(),
    "customers.issues.clocks": set(),
    "customers.surveys.gaps": set(),
    "visits.plan.workdays": {"holidays"},
    "customers.relationship.slumprule": {"numpy"},
    "customers.relationship.slumpreplay": {"numpy"},
    "customers.relationship.slumps": {"numpy", "holidays"},
    "customers.relationship.ordersilence": set(),
    "visits.plan.spreading": set(),
}
# Files over the limit, and why they are one subject all the same.
LONG: dict[str, str] = {
    "crm/settings.py": "the one settings file",
}
LONGEST = 450
# Models whose rows belong to no one's reach, and why.
UNSCOPED = {
    "crm.CacheEntry": "the cache's own table; keys and pickles, never shown",
    "crm.ApiToken": "its manager is the library's; pages and admin narrow it by user",
    "crm.AuditRedaction": "digests by number of entry; read only by the seals",
    "crm.ImportChange": "what an undo needs; read only through its run",
    "crm.ColumnMapping": "how headers were read; names of columns, never of rows",
    "customers.RegionMonth": "sums by region; read only through the regions in reach",
    "customers.RegionTier": "counts by region; read only through the regions in reach",
    "customers.TierDirty": "an outbox of new and changed customers; ids only",
    "customers.SalesDirty": "an outbox between imports and tiers; ids only",
    "customers.StandingState": "one row of bookkeeping",
    "customers.ScoreRun": "sums of the whole brand; never shown",
    "customers.ScoreDirty": "an outbox of customers with new evidence; ids only",
    "customers.SlumpSetting": "one row: the brand's choice, which everybody may read",
    "customers.SlumpState": "what was learned for the nightly run; arrays, read by it alone",
    "customers.SaleSum": "which lines a line of the ledger sums up; ids only",
    "customers.DuplicateKey": "under what customers are compared; what is found is scoped",
    "customers.MergeStep": "what an undo needs; read only through its merge",
}
# Doors at which a scoped model may be read without `visible_to`, and why: (file, model.method).
OF_A_CUSTOMER = "rows of a customer that came through visible_to (or editable_by) in the same function"
DOORS: dict[tuple[str, str], str] = {
    ("crm/api/idempotency.py", "IdempotencyKey.filter"): "a caller's own keys, or the row just found by them",
    ("customers/admin.py", "Responsibility.get"): OF_A_CUSTOMER,
    ("customers/panels.py", "Observation.filter"): OF_A_CUSTOMER,
    ("customers/panels.py", "Attachment.filter"): OF_A_CUSTOMER,
    ("customers/pages/card.py", "Responsibility.filter"): OF_A_CUSTOMER,
    ("customers/pages/overrides.py", "TierOverride.filter"): OF_A_CUSTOMER,
    ("customers/pages/card.py", "SpecialCare.filter"): OF_A_CUSTOMER,
    ("customers/pages/card.py", "Posting.in_force"): "one's own postings",
    ("customers/care/panels.py", "Note.filter"): OF_A_CUSTOMER,
    ("customers/contacts/panels.py", "Contact.filter"): OF_A_CUSTOMER,
    ("customers/pages/pastprofile.py", "AuditEntry.of"): OF_A_CUSTOMER,
    ("customers/pages/pastprofile.py", "Region.filter"): "the name of the region a customer in reach stood in",
    ("customers/pages/pastprofile.py", "TierDecision.filter"): OF_A_CUSTOMER,
    ("customers/pages/pastprofile.py", "Responsibility.in_force"): OF_A_CUSTOMER,
    ("customers/pages/profile.py", "AuditEntry.of"): OF_A_CUSTOMER,
    ("customers/pages/changes.py", "Region.filter"): "names of regions in the log of a customer in reach",
    ("customers/pages/tiers.py", "TierPolicy.adopted"): "the rule in force, which everybody may read",
    ("customers/pages/tiers.py", "Customer.in_bulk"): "only for those who have the whole brand in reach",
    ("customers/profile/charge_api.py", "Responsibility.filter"): OF_A_CUSTOMER,
    ("customers/sales/api.py", "SaleLine.live"): OF_A_CUSTOMER,
    ("customers/profile/listing.py", "Responsibility.in_force"): "joined to customers that came through visible_to",
    ("customers/profile/listing.py", "SearchEntry.filter"): "keys that narrow customers that came through visible_to",
    ("customers/profile/listing.py", "Region.filter"): "the branch below a region in the person's reach",
    ("customers/privacy/exporting.py", "Fact.filter"): "of a subject that came through visible_to and may_copy",
    ("customers/pages/roll.py", "Region.filter"): "the path of a region; counters are narrowed by reach beside it",
}


# --- reading the source ---------------------------------------------------------------------------------------


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
        if not module.startswith("crm") or module in ("crm.settings", "crm.features", "crm.urls", "crm.api_urls"):
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


# --- templates and texts --------------------------------------------------------------------------------------

FORBIDDEN = {
    "the safe filter": re.compile(r"\|\s*safe(seq)?\b"),
    "autoescape off": re.compile(r"{%\s*autoescape\s+off"),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(json|ld\+json)\")", re.I),
    "a style sheet in the page": re.compile(r"<style\b", re.I),
    "another host": re.compile(r"""(src|href|action)\s*=\s*["'](https?:)?//""", re.I),
    "a script address": re.compile(r"javascript:", re.I),
}


# Help texts are markup made by Django or by us, never by a user (password rules come as a list).
MARKUP = {("templates/django/forms/field.html", "field.help_text|safe")}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_hold_no(what):
    found = []
    for path in files(".html"):
        text = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", path.read_text(), flags=re.S)
        name = str(path.relative_to(ROOT))
        for file, allowed in MARKUP:
            text = text.replace(allowed, "") if file == name else text
        found += [f"{name}: {match[0][:80]}" for match in FORBIDDEN[what].finditer(text)]
    assert found == []


def test_templates_are_looked_for_where_they_are():
    assert len(files(".html")) > 10


def test_only_tags_that_build_markup_mark_it_safe():
    allowed = {"crm.templatetags", "crm.shell", "crm.site"}
    found = [
        module
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
        and node.id in ("mark_safe", "SafeString")
        and not any(module.startswith(door) for door in allowed)
    ]
    assert found == []


TRANSLATORS = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
    "npgettext_lazy",
}


def test_texts_are_whole_sentences_for_translators():
    """An f-string or a sum inside gettext is looked up as it came out, and never found; %s cannot be reordered."""
    wrong = []
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATORS):
                continue
            for argument in node.args[: 3 if node.func.id.startswith(("n", "p")) else 1]:
                if isinstance(argument, ast.JoinedStr | ast.BinOp):
                    wrong.append(f"{module}:{node.lineno} joins pieces")
                elif isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    unnamed = re.findall(r"(?<!%)%[sd]", argument.value)
                    if len(unnamed) > 0:
                        wrong.append(f"{module}:{node.lineno} has an unnamed placeholder")
    assert wrong == []


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
]


@pytest.mark.parametrize("name", DOTTED)
def test_what_settings_name_is_there(name):
    for path in getattr(settings, name):
        assert import_string(path) is not None


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
