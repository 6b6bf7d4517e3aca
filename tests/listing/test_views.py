"""Saved views: one's own and shared ones; nobody deletes another's."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from crm.listing.actions import save_view
from crm.models import AuditEntry, SavedView

pytestmark = pytest.mark.django_db


def post(client, **values):
    return client.post("/views/save/", {"page": "customers", "next": "/customers/?q=x", **values})


def test_a_view_keeps_filters_order_and_columns_but_not_the_place(cast, sign_in):
    answer = post(sign_in(cast.mei), name=" My  shops ", query="tier=A&sort=name&cols=code&cols=kind&after=abc&q=")
    view = SavedView.objects.get()
    assert (view.owner, view.page, view.name, view.shared) == (cast.mei, "customers", "My shops", False)
    assert view.query == "tier=A&sort=name&cols=code&cols=kind"
    assert answer["Location"] == "/customers/?tier=A&sort=name&cols=code&cols=kind"
    assert AuditEntry.objects.get(action="view.save").actor == cast.mei


def test_the_same_name_again_replaces_ones_own(cast):
    save_view(owner=cast.mei, page="customers", name="v", query="tier=A")
    save_view(owner=cast.mei, page="customers", name="v", query="tier=B", shared=True)
    save_view(owner=cast.lin, page="customers", name="v", query="tier=C")
    assert sorted(SavedView.objects.values_list("owner__username", "query", "shared")) == [
        ("lin", "tier=C", False),
        ("mei", "tier=B", True),
    ]


@pytest.mark.parametrize("values", [{"name": ""}, {"name": "x" * 61}, {"name": "ok", "query": "q=" + "x" * 2000}])
def test_what_cannot_be_kept_is_refused(cast, sign_in, values):
    answer = post(sign_in(cast.mei), **values)
    assert answer.status_code == 302
    assert not SavedView.objects.exists()
    with pytest.raises(ValidationError):
        save_view(owner=cast.mei, page="customers", **values)


def test_analysts_keep_views_and_share_none(cast, sign_in):
    post(sign_in(cast.ana), name="v", query="tier=A", shared="on")
    assert SavedView.objects.get().shared is False


def test_only_the_owner_deletes(cast, sign_in):
    view = save_view(owner=cast.mei, page="customers", name="v", shared=True)
    assert sign_in(cast.lin).post(f"/views/{view.pk}/delete/").status_code == 404
    assert sign_in(cast.ada).post(f"/views/{view.pk}/delete/").status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()
    answer = sign_in(cast.mei).post(f"/views/{view.pk}/delete/", {"next": "/customers/"})
    assert answer["Location"] == "/customers/"
    assert not SavedView.objects.exists()
    assert AuditEntry.objects.filter(action="view.delete", actor=cast.mei).count() == 1


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test/x", "javascript:alert(1)", ""])
def test_no_way_out_of_the_house(cast, sign_in, target):
    answer = post(sign_in(cast.mei), name="v", query="tier=A", next=target)
    assert answer["Location"] == "/?tier=A"


def test_views_are_saved_by_post(cast, sign_in, client):
    assert sign_in(cast.mei).get("/views/save/").status_code == 405
    client.logout()
    assert client.post("/views/save/", {"name": "v"})["Location"].startswith("/accounts/login/")
