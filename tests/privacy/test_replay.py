"""After a restore, what had been erased since the backup is erased again."""

import json

import pytest
from django.core.management import call_command

from crm.jobs import runner
from customers.models import Customer, Erasure
from customers.people.actions import create_person
from customers.privacy.actions import ask_erasure
from customers.profile.actions import create_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast, regions, policy):
    return create_customer(by=cast.ada, code="P1", name="Zhang's", kind="franchisee", region=regions.jiangsu)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_list_says_numbers_and_no_names(shop, cast, tmp_path):
    runner.run_here(ask_erasure(row=shop, typed="P1", by=cast.ada).job)
    call_command("list_erasures", tmp_path / "e.jsonl")
    (one,) = lines(tmp_path / "e.jsonl")
    assert (one["subject"], one["id"], one["code"]) == ("customer", shop.pk, "P1")
    assert "Zhang" not in (tmp_path / "e.jsonl").read_text()


def test_replayed_once_known_the_second_time(shop, cast, tmp_path, capsys):
    person = create_person(by=cast.ada, customer=shop, role={"role": "owner"}, name="Zhang")
    row = {"format": 1, "chosen": [], "ground": "request", "done_at": "", "region": None}
    path = tmp_path / "e.jsonl"
    path.write_text(
        "\n".join(
            json.dumps(row | more)
            for more in (
                {"subject": "person", "id": person.pk, "code": ""},
                {"subject": "customer", "id": shop.pk, "code": "OTHER"},
                {"subject": "customer", "id": 999_999, "code": "GONE"},
            )
        )
    )
    call_command("replay_erasures", path, "--json")
    assert json.loads(capsys.readouterr().out) == {"again": 1, "known": 0, "missing": 1, "other": 1}
    person.refresh_from_db()
    assert person.name == f"erased person #{person.pk}"
    assert Customer.objects.get(pk=shop.pk).name == "Zhang's"
    assert Erasure.objects.get().ground == "again"
    call_command("replay_erasures", path, "--json")
    assert json.loads(capsys.readouterr().out) == {"again": 0, "known": 1, "missing": 1, "other": 1}


def test_a_file_that_is_no_list_does_nothing(shop, tmp_path):
    path = tmp_path / "e.jsonl"
    good = {"format": 1, "subject": "customer", "id": shop.pk, "code": "P1"}
    path.write_text(json.dumps(good) + "\nnonsense\n")
    with pytest.raises(SystemExit):
        call_command("replay_erasures", path)
    assert Customer.objects.get(pk=shop.pk).name == "Zhang's"
    assert not Erasure.objects.exists()
