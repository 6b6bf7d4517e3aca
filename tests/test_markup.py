"""Templates and texts, held to the house's rules for them: nothing unsafe, nothing a translator cannot use."""

from __future__ import annotations

import ast
import re

import pytest

from tests.source import ROOT, files, trees

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
