"""What can be wrong with a page that a person would see: rules that run in the page and answer with a list."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import polib
from django.conf import settings

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_CUT_OFF = (Path(__file__).parent / "cut_off.js").read_text()

TEXTS = (Path(__file__).parent / "texts.js").read_text()


def axe(page, rules: list[str] | None = None) -> list[str]:
    """Run axe in the page. It adds styles itself, which the policy refuses: read the policy's list before."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": AXE_TAGS}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(document, options).then((result) => result.violations)", options)
    return [
        f"axe {rule['id']}: {node['target']} {node['html'][:160]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def cut_off(page) -> list[str]:
    """Texts that are cut off. A click comes back once the next page has begun, which may have no body yet."""
    page.wait_for_load_state("load")
    return page.evaluate(_CUT_OFF)


def sideways(page) -> list[str]:
    wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"scrolls sideways: {wide} > {room}"] if wide > room else []


_ASKEW = """[...document.querySelectorAll("tr")]
  .filter((row) => row.checkVisibility() && getComputedStyle(row).display === "table-row")
  .filter((row) => {
    const shown = [...row.cells].filter((cell) => cell.checkVisibility());
    const tops = shown.map((cell) => cell.getBoundingClientRect().top);
    return Math.max(...tops) - Math.min(...tops) > 1;
  })
  .map((row) => row.outerHTML.slice(0, 160))"""


def askew(page) -> list[str]:
    """Rows of tables with a cell that lies above or below the others."""
    return [f"a cell out of its row: {row}" for row in page.evaluate(_ASKEW)]


@cache
def _catalog(language: str) -> frozenset[str]:
    """Our own texts whose translation differs, without those that hold a value."""
    folder = {"zh-hans": "zh_Hans", "zh-hant": "zh_Hant"}[language]
    entries = polib.pofile(str(settings.LOCALE_PATHS[0] / folder / "LC_MESSAGES" / "django.po"))
    texts = {entry.msgid: entry.msgstr or entry.msgstr_plural.get(0, "") for entry in entries if not entry.obsolete}
    return frozenset(text for text, told in texts.items() if told and told != text and "%" not in text)


# Two English words one after the other are a sentence that nobody translated (names and codes are single words).
_SENTENCE = re.compile(r"\b[A-Za-z][a-z]{1,} (?:[A-Za-z][a-z]{1,})\b")


def untranslated(page, language: str, allowed: tuple[str, ...] = ()) -> list[str]:
    """English of ours on a Chinese page."""
    catalog, found = _catalog(language), []
    for text in page.evaluate(TEXTS):
        plain = text.strip(" :：·…()（）")
        if text in allowed or plain in allowed:
            continue
        if plain in catalog or _SENTENCE.search(text):
            found.append(f"not in {language}: {text[:120]}")
    return found
