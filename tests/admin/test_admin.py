"""The admin: who reads what, and that writing goes through actions."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.admin.models import LogEntry

from crm.accounts.models import ApiToken, Posting, Region, User
from crm.audit.actions import record
from crm.audit.models import AuditEntry
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from crm.site import site
from customers.models import Customer, Responsibility


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.ADMIN_MFA = False


@pytest.fixture
def shops(cast, regions):
    from customers.profile.actions import create_customer

    east = create_customer(code="E1", name="东店", kind="franchisee", region=regions.jiangsu)
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    return east, west


def errors(response):
    assert response.status_code == 200, (response.status_code, response.headers.get("Location"))
    return response.context["adminform"].form.errors


def test_a_second_factor_is_asked_for_outside_debug(settings, sign_in, cast):
    settings.ADMIN_MFA = True
    client = sign_in(cast.ada)
    assert client.get("/admin/").status_code == 302
    response = client.get("/admin/login/?next=/admin/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/totp/activate/")


def test_there_is_one_way_to_sign_in(client, db):
    response = client.get("/admin/login/?next=/admin/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")
    assert client.post("/admin/login/", {"username": "ada", "password": "x"}).status_code == 302


def test_every_model_is_scoped_and_nothing_is_deleted(rf, cast):
    from crm.scopedadmin import ScopedAdmin

    for who in (cast.ada, cast.mei, cast.ana):
        request = rf.get("/admin/")
        request.user = who
        for model, admin in site._registry.items():
            assert isinstance(admin, ScopedAdmin), model
            assert not admin.has_delete_permission(request), model
            if who != cast.ada:
                assert not admin.has_add_permission(request), model
                assert not admin.has_change_permission(request), model


@pytest.mark.parametrize(
    "label",
    ["saleline", "observation", "score", "attachment", "tierdecision", "tierrun", "tierpolicy"],
)
def test_ledgers_are_read_only_even_for_administrators(sign_in, cast, label):
    client = sign_in(cast.ada)
    assert client.get(f"/admin/customers/{label}/").status_code == 200
    assert client.get(f"/admin/customers/{label}/add/").status_code == 403


def test_the_audit_log_is_for_administrators_and_read_only(sign_in, cast):
    record(action="user.link", target=cast.tao)
    entry = AuditEntry.objects.get()
    assert sign_in(cast.mei).get("/admin/crm/auditentry/").status_code == 403
    client = sign_in(cast.ada)
    assert client.get("/admin/crm/auditentry/").status_code == 200
    assert client.post(f"/admin/crm/auditentry/{entry.pk}/change/", {"reason": "x"}).status_code == 403
    assert client.post(f"/admin/crm/auditentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403


# --- people ---------------------------------------------------------------------------------------------------

NEW = {"username": "new", "name": "New", "email": "new@qiao.test", "phone": "", "role": "manager", "password": ""}


def test_a_person_is_made_with_a_posting_and_an_audit_entry(sign_in, cast, regions):
    values = {**NEW, "region": regions.east.pk, "password": "long-enough-1"}
    response = sign_in(cast.ada).post("/admin/crm/user/add/", values)
    assert response.status_code == 302, errors(response)
    made = User.objects.get(username="new")
    assert made.check_password("long-enough-1")
    assert [p.region for p in made.postings.all()] == [regions.east]
    entry = AuditEntry.objects.get(action="user.create", object_id=str(made.pk))
    assert (entry.actor, entry.via) == (cast.ada, "admin")
    assert LogEntry.objects.get().user == cast.ada
    assert "long-enough-1" not in str(AuditEntry.objects.values_list("changes")) + str(LogEntry.objects.values())


@pytest.mark.parametrize(
    "change,field",
    [({"username": "mei"}, "username"), ({"email": "MEI@qiao.test"}, "__all__"), ({"role": "king"}, "role")],
)
def test_a_person_that_cannot_be_is_refused_under_the_field(sign_in, cast, change, field):
    before = User.objects.count(), AuditEntry.objects.count()
    response = sign_in(cast.ada).post("/admin/crm/user/add/", {**NEW, **change})
    assert list(errors(response)) == [field]
    assert (User.objects.count(), AuditEntry.objects.count()) == before


def test_a_change_writes_old_and_new(sign_in, cast):
    values = {"username": "tao", "name": "陶", "email": "tao@qiao.test", "phone": "", "role": "head", "is_active": "on"}
    response = sign_in(cast.ada).post(f"/admin/crm/user/{cast.tao.pk}/change/", values)
    assert response.status_code == 302, errors(response)
    cast.tao.refresh_from_db()
    assert (cast.tao.name, cast.tao.role, cast.tao.is_staff) == ("陶", "head", True)
    entry = AuditEntry.objects.get(action="user.change")
    assert entry.changes == {"name": ["Tao", "陶"], "role": ["manager", "head"]}


def test_no_form_sets_what_it_does_not_show(sign_in, cast):
    values = {
        "username": "tao",
        "name": "Tao",
        "email": "tao@qiao.test",
        "role": "manager",
        "is_active": "on",
        "password": "plain text",
        "is_superuser": "on",
        "is_staff": "on",
        "theme": "dark",
    }
    sign_in(cast.ada).post(f"/admin/crm/user/{cast.tao.pk}/change/", values)
    cast.tao.refresh_from_db()
    assert (cast.tao.is_superuser, cast.tao.is_staff, cast.tao.theme) == (False, False, "system")
    assert cast.tao.check_password("correct-horse-7")


def test_nobody_shuts_themselves_out(sign_in, cast):
    values = {"username": "ada", "name": "Ada", "email": "ada@qiao.test", "role": "manager", "is_active": "on"}
    response = sign_in(cast.ada).post(f"/admin/crm/user/{cast.ada.pk}/change/", values)
    assert list(errors(response)) == ["__all__"]
    cast.ada.refresh_from_db()
    assert cast.ada.role == "admin"


def test_regions_move_by_the_action(sign_in, cast, regions):
    client = sign_in(cast.ada)
    values = {"code": "JIANGSU", "name": "江苏省", "parent": regions.west.pk}
    assert client.post(f"/admin/crm/region/{regions.jiangsu.pk}/change/", values).status_code == 302
    moved = Region.objects.get(code="JIANGSU")
    assert (moved.name, moved.path) == ("江苏省", f"{regions.west.path}{moved.pk}/")
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"region.move", "region.change"}
    loop = client.post(
        f"/admin/crm/region/{regions.west.pk}/change/", {"code": "WEST", "name": "西部", "parent": moved.pk}
    )
    assert list(errors(loop)) == ["parent"]


def test_postings_begin_and_end_by_actions(sign_in, cast, regions):
    client = sign_in(cast.ada)
    values = {"user": cast.tao.pk, "region": regions.east.pk, "since": "2026-01-01", "until": ""}
    assert client.post("/admin/crm/posting/add/", values).status_code == 302
    posting = Posting.objects.get(user=cast.tao)
    assert client.post(f"/admin/crm/posting/{posting.pk}/change/", {"until": "2026-06-01"}).status_code == 302
    posting.refresh_from_db()
    assert posting.until == datetime.date(2026, 6, 1)
    bad = client.post(f"/admin/crm/posting/{posting.pk}/change/", {"until": "2025-06-01"})
    assert list(errors(bad)) == ["__all__"]
    assert list(AuditEntry.objects.filter(action__startswith="posting.").values_list("action", flat=True)) == [
        "posting.change",
        "posting.create",
    ]


def test_tokens_show_no_secret_and_can_be_revoked(sign_in, cast):
    from crm.accounts.actions import create_token

    token, text = create_token(user=cast.bot, label="till")
    client = sign_in(cast.ada)
    page = client.get("/admin/crm/apitoken/").content.decode()
    assert "till" in page and token.digest not in page and text not in page
    assert client.get(f"/admin/crm/apitoken/{token.digest}/change/").status_code == 404
    assert "till" not in sign_in(cast.mei).get("/admin/crm/apitoken/").content.decode()
    chosen = {"action": "revoke_tokens", "_selected_action": [cast.bot.pk]}
    sign_in(cast.mei).post("/admin/crm/user/", chosen)
    assert ApiToken.objects.filter(user=cast.bot).exists()
    sign_in(cast.ada).post("/admin/crm/user/", chosen)
    assert not ApiToken.objects.filter(user=cast.bot).exists()
    assert AuditEntry.objects.get(action="token.revoke").actor == cast.ada


# --- reach ----------------------------------------------------------------------------------------------------


def test_lists_and_details_hold_what_is_in_reach(sign_in, shops, cast):
    client = sign_in(cast.mei)
    page = client.get("/admin/customers/customer/").content.decode()
    assert "东店" in page and "西店" not in page
    assert client.get(f"/admin/customers/customer/{shops[0].pk}/change/").status_code == 200
    assert client.get(f"/admin/customers/customer/{shops[1].pk}/change/").status_code == 302
    assert "西店" not in client.get("/admin/customers/customer/?q=W1").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?password__startswith=md5",
        "?password__isnull=1",
        "?email__startswith=l",
        "?postings__region__code=WEST",
        "?role__startswith=h",
        "?apitoken__digest__startswith=a",
    ],
)
def test_the_address_bar_answers_no_guesses(sign_in, cast, query):
    response = sign_in(cast.mei).get(f"/admin/crm/user/{query}")
    assert response.status_code in (302, 400)


def test_filters_work_all_the_same(sign_in, cast, shops):
    client = sign_in(cast.ada)
    for address in (
        "crm/user/?role__exact=head",
        "crm/user/?is_active__exact=1",
        "customers/customer/?state__exact=active&q=东",
        "crm/auditentry/?at__year=2026",
        "crm/auditentry/?via__exact=page",
        "customers/saleline/?live__exact=1&q=E1",
        "crm/job/?state__exact=done",
    ):
        assert client.get(f"/admin/{address}").status_code == 200, address


def test_autocompletion_names_nobody_beyond_reach(sign_in, cast, shops):
    def found(who, model, field, term):
        response = sign_in(who).get(
            f"/admin/autocomplete/?app_label=customers&model_name={model}&field_name={field}&term={term}"
        )
        return response.status_code, [row["text"] for row in response.json().get("results", [])]

    assert found(cast.ada, "customer", "upstream", "店") == (200, ["东店", "西店"])
    assert found(cast.mei, "customer", "upstream", "店") == (200, ["东店"])
    assert found(cast.mei, "responsibility", "user", "lin") == (200, [])
    assert found(cast.mei, "customer", "region", "SICHUAN") == (200, [])


def test_a_supplier_beyond_reach_is_not_named(sign_in, cast, shops):
    Customer.objects.filter(pk=shops[0].pk).update(upstream=shops[1])
    page = sign_in(cast.mei).get(f"/admin/customers/customer/{shops[0].pk}/change/").content.decode()
    assert "西店" not in page and "东店" in page
    assert "西店" in sign_in(cast.ada).get(f"/admin/customers/customer/{shops[0].pk}/change/").content.decode()


def test_a_customer_is_changed_by_the_action(sign_in, cast, regions, shops):
    east = shops[0]
    values = {
        "code": "E1",
        "name": "东店二",
        "kind": "franchisee",
        "state": "active",
        "region": regions.jiangsu.pk,
        "datum": "wgs84",
        "phone": "138 0000",
    }
    client = sign_in(cast.ada)
    response = client.post(f"/admin/customers/customer/{east.pk}/change/", values)
    assert response.status_code == 302, errors(response)
    east.refresh_from_db()
    assert (east.name, east.version, "1380000" in east.search_text) == ("东店二", 2, True)
    assert AuditEntry.objects.get(action="customer.change").changes == {
        "name": ["东店", "东店二"],
        "phone": ["", "138 0000"],
    }
    refused = client.post(f"/admin/customers/customer/{east.pk}/change/", {**values, "upstream": east.pk})
    assert list(errors(refused)) == ["upstream"]
    made = client.post("/admin/customers/customer/add/", {**values, "code": "E2"})
    assert made.status_code == 302, errors(made)
    assert Customer.objects.get(code="E2").version == 1


def test_somebody_is_put_in_charge_by_the_action(sign_in, cast, shops):
    values = {"customer": shops[0].pk, "user": cast.tao.pk, "since": "2026-01-01"}
    client = sign_in(cast.ada)
    assert client.post("/admin/customers/responsibility/add/", values).status_code == 302
    assert (
        client.post(
            "/admin/customers/responsibility/add/", {**values, "user": cast.mei.pk, "since": "2026-03-01"}
        ).status_code
        == 302
    )
    held = Responsibility.objects.order_by("since").values_list("user__username", "since", "until")
    assert list(held) == [
        ("tao", datetime.date(2026, 1, 1), datetime.date(2026, 3, 1)),
        ("mei", datetime.date(2026, 3, 1), None),
    ]


def test_jobs_are_stopped_and_run_again(sign_in, cast):
    mine, theirs = enqueue(kind="api.purge_keys", asked_by=cast.mei), enqueue(kind="api.purge_keys", asked_by=cast.lin)

    def act(who, action):
        sign_in(who).post("/admin/crm/job/", {"action": action, "_selected_action": [mine.pk, theirs.pk]})
        return [Job.objects.get(pk=job.pk).state for job in (mine, theirs)]

    assert act(cast.ana, "stop") == ["queued", "queued"]
    assert act(cast.mei, "stop") == ["stopped", "queued"]
    assert act(cast.ada, "stop") == ["stopped", "stopped"]
    assert act(cast.ada, "retry") == ["queued", "queued"]


def test_long_lists_are_not_counted_to_the_end(settings):
    from crm.scopedadmin import COUNTED, CappedPaginator

    class Endless:
        def order_by(self):
            return self

        def __getitem__(self, asked):
            assert asked == slice(None, COUNTED + 1)
            return type("Slice", (), {"count": staticmethod(lambda: COUNTED + 1)})()

    assert CappedPaginator(Endless(), 50).count == COUNTED + 1


def test_lists_take_the_same_statements_however_long(sign_in, cast, regions, shops):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from customers.profile.actions import create_customer

    client = sign_in(cast.mei)
    client.get("/admin/customers/customer/")
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/customers/customer/")
    for n in range(15):
        create_customer(code=f"X{n}", name=f"X{n}", kind="agent", region=regions.zhejiang)
    with CaptureQueriesContext(connection) as many:
        client.get("/admin/customers/customer/")
    assert len(many) == len(few)
