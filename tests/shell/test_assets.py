"""What templates, stylesheets and scripts must keep to, read from the files themselves."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.template.loader import get_template

STATIC = settings.BASE_DIR / "crm" / "static" / "crm"
TEMPLATES = sorted(path for path in (settings.BASE_DIR / "templates").rglob("*.html"))
_SAID = re.compile(r"\{%\s*(?:comment|#).*?%\}|\{#.*?#\}", re.S)


def _names(path):
    return str(path.relative_to(settings.BASE_DIR / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=_names)
def test_templates_keep_to_the_content_policy(path):
    text = _SAID.sub("", path.read_text())
    assert not re.search(r"<[^>{]*\sstyle=", text), "style attributes are refused by the policy"
    assert not re.search(r"<[^>{]*\son[a-z]+=", text), "event attributes are refused by the policy"
    assert "<style" not in text
    for script in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script
    assert not re.search(r"""(?:src|href)=["']https?://""", text), "every asset is our own"


@pytest.mark.parametrize("path", TEMPLATES, ids=_names)
def test_templates_parse(path):
    get_template(_names(path))


def test_only_tokens_hold_raw_colours():
    for sheet in STATIC.glob("css/*.css"):
        if sheet.name == "tokens.css":
            continue
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.S)
        found = re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;,\s)}])|\brgba?\(|\bhsl\(", text)
        assert not found, f"{sheet.name}: {found}"


def test_dark_is_the_same_whether_chosen_or_taken_from_the_device():
    text = (STATIC / "css" / "tokens.css").read_text()
    chosen = re.search(r":root\[data-theme=dark\] \{(.*?)\n  \}", text, re.S)[1]
    device = re.search(r":root\[data-theme=system\] \{(.*?)\n    \}", text, re.S)[1]
    assert chosen.split() == device.split()


def test_every_colour_of_the_light_theme_that_changes_is_in_the_dark_one():
    text = (STATIC / "css" / "tokens.css").read_text()
    light = set(re.findall(r"(--[\w-]+):", re.search(r":root \{(.*?)\n  \}", text, re.S)[1]))
    dark = set(re.findall(r"(--[\w-]+):", re.search(r":root\[data-theme=dark\] \{(.*?)\n  \}", text, re.S)[1]))
    assert dark <= light


def test_every_variable_that_a_stylesheet_uses_is_declared():
    sheets = {path: path.read_text() for path in STATIC.glob("css/*.css")}
    declared = {name for text in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", text)}
    for path, text in sheets.items():
        missing = set(re.findall(r"var\((--[\w-]+)\)", text)) - declared
        assert not missing, f"{path.name}: {missing}"


def test_our_layers_are_declared_once_and_first():
    text = (STATIC / "css" / "tokens.css").read_text()
    assert "@layer vendor, tokens, base, layout, components, pages, utilities;" in text
    for name in ("app", "pages", "map", "design", "admin-vendor"):
        used = set(re.findall(r"@layer (\w+)\s*\{|layer\((\w+)\)", (STATIC / "css" / f"{name}.css").read_text()))
        assert {a or b for a, b in used} <= {"vendor", "tokens", "base", "layout", "components", "pages", "utilities"}


def test_scripts_evaluate_nothing_and_load_nothing():
    for path in STATIC.rglob("js/**/*.js"):
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|insertAdjacentHTML|^import ", text, re.M)


def test_what_the_first_page_loads_is_small():
    """Uncompressed; the budget on the wire is 100 KB a page, 10 KB of stylesheets (gzip)."""
    import gzip

    css = b"".join((STATIC / "css" / name).read_bytes() for name in ("tokens.css", "app.css"))
    js = b"".join(path.read_bytes() for path in STATIC.glob("js/*.js"))
    assert len(gzip.compress(css)) < 11_500
    assert len(gzip.compress(js)) < 9_000
