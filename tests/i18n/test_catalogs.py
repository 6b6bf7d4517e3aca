"""Every text is there in both Chinese scripts, with the same placeholders, and what is compiled is what is written."""

import importlib.util
import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
tool = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tool)

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|%%|\{(\w*)\}")
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def texts():
    return tool.messages()


@pytest.mark.parametrize("language", tool.CATALOGS)
def test_every_text_is_translated_and_nothing_is_left_over(language, texts):
    catalog = {tool.key_of(entry): entry for entry in tool.load(language)}
    assert len(texts) > 200
    assert sorted(set(texts) - set(catalog)) == []
    assert sorted(set(catalog) - set(texts)) == []
    assert [key[1] for key, entry in catalog.items() if not tool.translation(entry) or entry.fuzzy] == []


def _placeholders(text):
    return sorted(match[0] for match in PLACEHOLDER.finditer(text) if match[0] != "%%")


@pytest.mark.parametrize("language", tool.CATALOGS)
def test_placeholders_survive_translation(language):
    wrong = []
    for entry in tool.load(language):
        wanted = _placeholders(entry.msgid_plural or entry.msgid)
        if _placeholders(tool.translation(entry)) != wanted:
            wrong.append(entry.msgid)
    assert wrong == []


@pytest.mark.parametrize("language", tool.CATALOGS)
def test_the_compiled_catalog_is_the_written_one(language):
    compiled = polib.mofile(str(tool.path_of(language).with_suffix(".mo")))
    assert {tool.key_of(e): tool.translation(e) for e in compiled} == {
        tool.key_of(e): tool.translation(e) for e in tool.load(language)
    }


SIMPLIFIED_ONLY = "这个们为对时说会国过发动见级销额户门报错误请"


def test_the_traditional_catalog_holds_no_simplified_words():
    wrong = [tool.translation(e) for e in tool.load("zh_Hant") if set(tool.translation(e)) & set(SIMPLIFIED_ONLY)]
    assert wrong == []
