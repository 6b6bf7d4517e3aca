"""Collect every text that pages, code and reasons show, and compile the catalogs.

    python tools/messages.py            # collect into the .po files, draft 繁體 from 简体, compile
    python tools/messages.py compile    # only compile what the .po files hold

No GNU gettext is needed. Simplified Chinese is written by hand; Traditional is drafted from it by OpenCC (s2twp) where
it has no text yet, and then read by a person.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import opencc
import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "crm" / "locale"
CATALOGS = ("zh_Hans", "zh_Hant")
FOLDERS = ("crm", "customers", "visits", "promotions", "templates")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Key = tuple[str, str, str]  # context, singular, plural


def _sources() -> Iterator[tuple[Path, bytes]]:
    from django.utils.translation.template import templatize  # noqa: PLC0415 - needs settings

    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield path, path.read_bytes()
            elif path.suffix in (".html", ".txt") and "templates" in path.parts:
                # templatize leaves the calls among blanked-out text; indentation would only upset the tokenizer.
                lines = templatize(path.read_text(encoding="utf-8")).splitlines()
                yield path, "\n".join(line.lstrip() for line in lines).encode()


def messages() -> dict[Key, list[str]]:
    """Every text with the files it stands in."""
    found: dict[Key, list[str]] = {}
    for path, source in _sources():
        where = str(path.relative_to(ROOT))
        for _line, text, _comments, context in extract("python", io.BytesIO(source), KEYWORDS):
            singular, plural = (text[0], text[1]) if isinstance(text, tuple) else (text, "")
            if singular:
                places = found.setdefault((context or "", singular, plural or ""), [])
                if where not in places:
                    places.append(where)
    return found


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def key_of(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def load(language: str) -> polib.POFile:
    path = path_of(language)
    if path.exists():
        return polib.pofile(str(path), wrapwidth=100)
    catalog = polib.POFile(wrapwidth=100)
    catalog.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return catalog


def translation(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def collect() -> None:
    found = messages()
    drafts: dict[Key, str] = {}
    convert = opencc.OpenCC("s2twp").convert
    for language in CATALOGS:
        catalog = load(language)
        kept = {key_of(e): translation(e) for e in catalog if not e.obsolete}
        fresh = polib.POFile(wrapwidth=100)
        fresh.metadata = catalog.metadata
        for key in sorted(found, key=lambda k: (found[k][0], k[1], k[0])):
            context, singular, plural = key
            text = kept.get(key) or (convert(drafts.get(key, "")) if language == "zh_Hant" else "")
            if language == "zh_Hans":
                drafts[key] = text
            fresh.append(
                polib.POEntry(
                    msgctxt=context or None,
                    msgid=singular,
                    msgid_plural=plural,
                    msgstr="" if plural else text,
                    msgstr_plural={0: text} if plural else {},
                    occurrences=[(where, "") for where in found[key][:3]],
                    flags=["python-format"] if "%(" in singular or "%s" in singular else [],
                )
            )
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        fresh.save(str(path_of(language)))
        empty = sum(not translation(e) for e in fresh)
        print(f"{language}: {len(fresh)} texts, {empty} without translation", file=sys.stderr)


def compile_catalogs() -> None:
    for language in CATALOGS:
        load(language).save_as_mofile(str(path_of(language).with_suffix(".mo")))


def main() -> None:
    os.environ.setdefault("DEBUG", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    if "compile" not in sys.argv[1:]:
        collect()
    compile_catalogs()


if __name__ == "__main__":
    main()
