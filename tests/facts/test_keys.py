"""Sealing, opening, and changing keys."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from crm import crypt
from customers.facts.models import Fact


def test_sealed_and_opened():
    sealed = crypt.seal("八十万")
    assert sealed != crypt.seal("八十万") and "八十万" not in sealed
    assert crypt.unseal(sealed) == "八十万"
    for broken in ("八十万", sealed[:-3], crypt.MARK + "x"):
        with pytest.raises(crypt.Unreadable):
            crypt.unseal(broken)


def test_a_new_key_in_front_and_the_old_one_away(note, settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    fact = note("family", "两个孩子")
    settings.FIELD_KEYS = [new, old]
    assert Fact.objects.get(pk=fact.pk).text == "两个孩子"
    call_command("rotate_keys")
    sealed = Fact.objects.get(pk=fact.pk).value
    settings.FIELD_KEYS = [new]
    assert Fact.objects.get(pk=fact.pk).text == "两个孩子"
    call_command("rotate_keys")
    assert Fact.objects.get(pk=fact.pk).value == sealed, "the second time there is nothing to do"


def test_a_lost_key_is_told_and_nothing_is_lost(note, settings, capsys):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    fact = note("family", "两个孩子")
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    before = Fact.objects.get(pk=fact.pk).value
    with pytest.raises(SystemExit) as ended:
        call_command("rotate_keys")
    assert ended.value.code == 2 and "FIELD_KEYS" in capsys.readouterr().err
    assert Fact.objects.get(pk=fact.pk).value == before
