"""Our side, one at a time: inviting, showing and ending links on the customer's page."""

from __future__ import annotations

import re

import pytest
import qrcode
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.jobs import runner
from customers.models import Customer, PortalAccount, PortalLink, PortalSession
from customers.people.actions import create_person
from customers.portal import actions, qr
from tests.portal.asking import at, counts
from tests.portal.conftest import BASE, address_of, enter

pytestmark = pytest.mark.django_db


def test_a_person_is_invited_with_what_is_known_of_them(shop, owner, cast):
    made = actions.invite(customer=shop, person=owner, by=cast.tao)
    assert (made.name, made.email, made.phone, made.invited_by) == (
        "王老板",
        "wang@shop.test",
        "139 0000 1111",
        cast.tao,
    )
    link = PortalLink.objects.get()
    assert (link.expires_at - link.made_at).days == 7 and link.state == "open"


@pytest.mark.parametrize(
    "values,field,code",
    [
        ({"name": " "}, "name", "required"),
        ({"name": "x"}, "email", "required"),
        ({"name": "x", "email": "nonsense"}, "email", "invalid"),
        ({"name": "x", "email": "WANG@shop.test"}, "email", "twice"),
        ({"name": "x" * 81, "phone": "1"}, "name", "max_length"),
    ],
)
def test_what_is_refused(account, shop, cast, values, field, code):
    before = counts()
    with pytest.raises(ValidationError) as refusal:
        actions.invite(customer=shop, by=cast.tao, **values)
    assert refusal.value.error_dict[field][0].code == code
    assert counts() == before


def test_nobody_twice_no_stranger_and_no_closed_shop(account, shop, owner, other, cast):
    stranger = create_person(name="外人", phone="1", customer=other.customer, role={"role": "owner"}, by=cast.lin)
    before = counts()
    for person, code in ((owner, "twice"), (stranger, "stands")):
        with pytest.raises(ValidationError) as refusal:
            actions.invite(customer=shop, person=person, email="new@shop.test", by=cast.tao)
        assert refusal.value.error_dict["person"][0].code == code
    Customer.objects.filter(pk=shop.pk).update(state="closed")
    with pytest.raises(ValidationError) as refusal:
        actions.invite(customer=shop, name="x", phone="1", by=cast.tao)
    assert refusal.value.code == "closed"
    with pytest.raises(ValidationError) as refusal:
        actions.new_link(account=account, by=cast.tao)
    assert refusal.value.code == "closed"
    assert counts() == before
    Customer.objects.filter(pk=shop.pk).update(state="active")
    actions.end_access(account=account, by=cast.tao)
    assert actions.invite(customer=shop, person=owner, by=cast.tao).pk != account.pk


def test_the_database_holds_it_too(account, shop):
    values = {"customer": shop, "name": "x", "invited_at": account.invited_at}
    for wrong in (
        {"email": "Wang@Shop.test"},
        {"person": account.person},
        {"is_active": False},
        {"name": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PortalAccount.objects.create(**{**values, **wrong})
    link = PortalLink.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        PortalLink.objects.create(account=account, nonce="n", made_at=link.made_at, expires_at=link.expires_at)


def test_the_tab_invites_and_shows_the_link(shop, owner, cast):
    client = at(cast.tao)
    page = client.get(f"/customers/{shop.pk}/portal/").content.decode()
    assert "Nobody yet." in page and f'href="/customers/{shop.pk}/portal/"' in page and "王老板" in page
    answer = client.post(f"/customers/{shop.pk}/portal/", {"person": owner.pk, "send": "on"})
    account = PortalAccount.objects.get()
    assert answer["Location"] == f"/customers/portal/accounts/{account.pk}/link/"
    page = client.get(answer["Location"]).content.decode()
    whole = f"http://testserver{address_of(account)}"
    assert f'value="{whole}"' in page and f'd="{qr.drawn(whole)[1]}"' in page and "style=" not in page
    assert client.get(answer["Location"]).content.decode().count(whole) == 1  # shown until it is used
    assert mail.outbox == []
    assert runner.drain() == 1
    assert [letter.to for letter in mail.outbox] == [["wang@shop.test"]] and whole in mail.outbox[0].body
    page = client.get(f"/customers/{shop.pk}/portal/").content.decode()
    assert "waits to be used" in page and "sent to w•••@shop.test" in page and "never seen" in page
    enter(account)
    page = client.get(f"/customers/{shop.pk}/portal/").content.decode()
    assert "has come in" in page and "link: used" in page and "never seen" not in page
    assert "There is no link that could be used" in client.get(answer["Location"]).content.decode()
    client.post(answer["Location"], {"send": "1"})
    assert runner.drain() == 1 and len(mail.outbox) == 2
    client.post(f"/customers/portal/accounts/{account.pk}/revoke/")
    assert "link: revoked" in client.get(f"/customers/{shop.pk}/portal/").content.decode()
    client.post(f"/customers/portal/accounts/{account.pk}/end/")
    account.refresh_from_db()
    assert (account.is_active, account.ended_by, PortalSession.objects.get().ended_at is None) == (
        False,
        cast.tao,
        False,
    )
    assert "no access any more" in client.get(f"/customers/{shop.pk}/portal/").content.decode()


def test_a_form_that_is_wrong_says_so(shop, owner, cast):
    answer = at(cast.tao).post(f"/customers/{shop.pk}/portal/", {"name": "x"})
    assert answer.status_code == 422
    assert "An e-mail address or a phone number is needed" in answer.content.decode()
    assert not PortalAccount.objects.exists()


def test_readers_see_who_has_access_and_no_link(account, shop, cast):
    client = at(cast.ana)
    page = client.get(f"/customers/{shop.pk}/portal/").content.decode()
    assert "王老板" in page and "Show the link" not in page and "Invite somebody" not in page
    before = counts()
    for path in (f"/customers/portal/accounts/{account.pk}/link/", "/customers/portal/links/"):
        assert client.get(path).status_code == 403
    for path in (
        f"/customers/{shop.pk}/portal/",
        f"/customers/portal/accounts/{account.pk}/link/",
        f"/customers/portal/accounts/{account.pk}/revoke/",
        f"/customers/portal/accounts/{account.pk}/end/",
        "/customers/invite/",
    ):
        assert client.post(path, {"name": "x", "phone": "1", "id": shop.pk, "sure": "1"}).status_code == 403, path
    assert counts() == before


def test_a_scanned_code_holds_the_whole_link(account):
    """The path drawn is the code's: every dark module, and no other."""
    text = f"{BASE}{address_of(account)}"
    side, path = qr.drawn(text)
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    dark = {(x, y) for y, row in enumerate(code.get_matrix()) for x, on in enumerate(row) if on}
    drawn = set()
    for x, y, wide in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        drawn |= {(int(x) + n, int(y)) for n in range(int(wide))}
    assert drawn == dark and side == len(code.get_matrix())


def test_the_tab_takes_no_more_statements_for_more_people(account, shop, cast):
    client = at(cast.tao)
    path = f"/customers/{shop.pk}/portal/"
    client.get(path)

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    few = count()
    for n in range(12):
        actions.invite(customer=shop, name=f"n{n}", phone="1", by=cast.tao)
    assert count() == few


def test_who_has_seen_a_link_is_written_down(account, cast, sign_in):
    client, page = sign_in(cast.tao), f"/customers/portal/accounts/{account.pk}/link/"
    client.get(page)
    client.get(f"/api/v1/portal/accounts/{account.pk}/link/")
    seen = AuditEntry.objects.filter(action="portal.show", object_id=str(account.customer_id))
    assert [(one.actor, one.changes) for one in seen] == [(cast.tao, {"dealer": account.name})] * 2
    actions.revoke_link(account=account, by=cast.tao)
    client.get(page)
    assert seen.count() == 2  # there is none to see any more
