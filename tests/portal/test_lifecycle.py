"""What an erasure, a copy and a merge make of dealers' access."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.management import call_command

from crm.audit.models import AuditEntry
from crm.clock import now
from crm.jobs import runner
from customers.duplicates import actions as duplicates
from customers.models import Merge, PortalAccount, PortalLink, PortalSession
from customers.portal import actions
from customers.privacy.actions import ask_erasure
from customers.profile.actions import create_customer
from tests.duplicates.company import checksums
from tests.portal.conftest import address_of, enter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("subject", ["customer", "person"])
def test_an_erasure_ends_the_access_and_takes_out_who_it_was(account, shop, owner, cast, policy, subject):
    client = enter(account)
    actions.new_link(account=account, by=cast.tao)
    path = address_of(account)
    row, typed = (shop, "E1") if subject == "customer" else (owner, str(owner.pk))
    ask_erasure(row=row, typed=typed, by=cast.ada, reason="by letter")
    runner.drain()
    account.refresh_from_db()
    assert account.name == f"erased dealer #{account.pk}"
    assert (account.email, account.phone, account.is_active) == ("", "", False) and account.ended_at is not None
    assert not PortalLink.objects.exists() and not PortalSession.objects.exists()
    assert "Send me a link" in client.get("/portal/").content.decode()
    assert client.get(path).status_code == 404
    kept = repr(list(AuditEntry.objects.values("changes", "object_name")))
    assert "王老板" not in kept and "wang@shop.test" not in kept


def test_an_erasure_of_another_leaves_it(account, other, cast, policy):
    before = list(PortalAccount.objects.filter(pk=account.pk).values())
    ask_erasure(row=other.customer, typed="W1", by=cast.ada, reason="by letter")
    runner.drain()
    assert list(PortalAccount.objects.filter(pk=account.pk).values()) == before
    assert PortalLink.objects.filter(account=account).count() == 1


def test_a_copy_tells_of_accounts_and_sessions_and_of_no_secret(account, shop, owner, cast, tmp_path):
    enter(account)
    for option, value in (("--customer", "E1"), ("--person", str(owner.pk))):
        file = tmp_path / f"{option}.zip"
        call_command("export_subject", option, value, "--out", str(file), stdout=io.StringIO(), stderr=io.StringIO())
        with zipfile.ZipFile(file) as whole:
            text = "\n".join(whole.read(name).decode("utf-8", "replace") for name in whole.namelist())
            names = whole.namelist()
        assert any("portalaccount" in name.lower() for name in names), names
        assert any("portalsession" in name.lower() for name in names), names
        assert "wang@shop.test" in text
        assert PortalSession.objects.get().digest not in text and PortalLink.objects.get().nonce not in text


def test_access_goes_over_in_a_merge_and_comes_back_exactly(account, shop, owner, cast, regions, policy):
    loser = create_customer(code="E2", name="东店二", kind="franchisee", region=regions.jiangsu)
    twice = actions.invite(customer=loser, name="王", email="WANG@shop.test", by=cast.ada)
    alone = actions.invite(customer=loser, name="李", email="li@shop.test", by=cast.ada)
    clients = {one.pk: enter(one) for one in (account, twice, alone)}
    before = checksums()
    rows = list(PortalAccount.objects.order_by("pk").values())
    merge = duplicates.merge(survivor=shop, loser=loser, by=cast.ada)
    runner.drain()
    found = {one.pk: one for one in PortalAccount.objects.all()}
    assert {one.customer_id for one in found.values()} == {shop.pk}
    assert (found[account.pk].is_active, found[twice.pk].is_active, found[alone.pk].is_active) == (True, False, True)
    assert abs((found[twice.pk].ended_at - now()).total_seconds()) < 60
    seen = {pk: "东店" in client.get("/portal/").content.decode() for pk, client in clients.items()}
    assert seen == {account.pk: True, twice.pk: False, alone.pk: True}
    duplicates.undo(merge=Merge.objects.get(pk=merge.pk), by=cast.ada)
    runner.drain()
    assert list(PortalAccount.objects.order_by("pk").values()) == rows
    after = checksums()
    portal = [label for label in before if "Portal" in label]
    assert len(portal) == 3 and {label for label in portal if before[label] != after[label]} == set()
    assert "东店二" in clients[twice.pk].get("/portal/").content.decode()
