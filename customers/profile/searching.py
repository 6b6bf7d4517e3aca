"""What of a customer can be searched for: pure text work, the same for what is stored and for what is asked.

Stored: lower-case words of code and name, the phone's digits, and of Chinese names the full pinyin and the initials,
so that 张三鲜, `zhang`, `zsx` and the last digits of a phone all find the same customer. Every stored word begins
after a space, so that a short Latin word can be looked for at the beginning of words only. Where the customer is stands
last, behind a lone slash (which no search can ask for), so that a hit in the name can be told from one in the address.
"""

from __future__ import annotations

import re
import unicodedata

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_APART = re.compile(r"[^\w]+")
_PHONE = re.compile(r"[\d+()\-.\s/]{3,}\Z")
SHORT = 2
"""Up to this length a Latin word is looked for at the beginning of words, a Chinese one anywhere."""
MOST_WORDS = 6


def fold(text: str) -> str:
    """Full-width to half-width, lower case, and anything but letters and digits to single spaces."""
    plain = unicodedata.normalize("NFKC", text or "").lower()
    return " ".join(part for part in _APART.split(plain.replace("_", " ")) if part)


def digits(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text or "") if char in "0123456789")


def pinyin(text: str) -> tuple[str, str]:
    """(full pinyin, initials) of the Chinese in a text, run together; empty where there is none."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its dictionary is 57 MB and a second that most processes spare

    syllables = [one for run in _CHINESE.findall(text) for one in lazy_pinyin(run, errors="ignore")]
    return "".join(syllables), "".join(one[0] for one in syllables)


BEHIND = " / "
"""What parts a text's own words from those of the place."""


def search_text(code: str, name: str, phone: str = "", *places: str) -> str:
    """The text kept in `Customer.search_text`; begins and ends with a space. places: city, district, address.

    search_text("S1", "张三鲜", "0571-8888 1234", "杭州市") -> " s1 张三鲜 057188881234 zhangsanxian zsx / 杭州市 "
    """
    folded = fold(name)
    words = [fold(code), folded, digits(phone), *pinyin(folded)]
    text = " ".join(word for word in words if word)
    place = " ".join(part for part in map(fold, places) if part)
    return f" {text}{BEHIND}{place} " if place else f" {text} "


def asked(text: str) -> list[str]:
    """The words to look for; all of them must be found. A phone number loses its dashes and spaces."""
    text = (text or "").strip()
    if _PHONE.match(text) and digits(text):
        return [digits(text)]
    return fold(text).split()[:MOST_WORDS]


def is_short_latin(word: str) -> bool:
    return len(word) <= SHORT and word.isascii()
