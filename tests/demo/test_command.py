"""`manage.py demo`: says the sign-ins each time, loads once, leaves a full database alone."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core.management import call_command

from crm.accounts.models import User
from customers.models import Customer

pytestmark = pytest.mark.django_db


def test_the_command_prints_the_sign_ins_each_time_and_loads_once(settings, tmp_path, policy, capsys):
    settings.VAR_DIR = tmp_path
    call_command("demo", "--customers=12", "--years=1", "--until=2025-06-30")
    first = capsys.readouterr().out
    call_command("demo", "--if-empty")
    assert capsys.readouterr().out == first
    for login in ("mei", "head", "admin", "analyst"):
        assert re.search(rf"^  {login} +\S{{19}} ", first, re.M)
    assert Customer.objects.count() == 12


def test_a_full_database_is_left_alone(settings, tmp_path, policy, regions, capsys):
    settings.VAR_DIR = tmp_path
    Customer.objects.create(code="K1", name="K1", kind="agent", region=regions.east)
    with pytest.raises(SystemExit) as ended:
        call_command("demo")
    assert ended.value.code == 2
    call_command("demo", "--if-empty")
    assert capsys.readouterr().out == ""
    assert Customer.objects.count() == 1
    assert not User.objects.exists()


@pytest.mark.parametrize("wrong", [["--customers=0"], ["--years=11"], [f"--until={datetime.date(2999, 1, 1)}"]])
def test_impossible_wishes_are_refused(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("demo", *wrong)
    assert ended.value.code == 2
    assert not Customer.objects.exists()
