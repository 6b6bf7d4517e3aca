"""People in the search: found by name, pinyin, phone, WeChat and e-mail, in the reach of who they stand with."""

from __future__ import annotations

from customers.profile.searchkeeping import Kept

PEOPLE = Kept(
    "person",
    "customers_personrole",
    text="(SELECT p.search_text FROM customers_person p WHERE p.id = {row}.person_id)",
    ref="{row}.person_id",
)
