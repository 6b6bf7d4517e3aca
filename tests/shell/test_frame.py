"""The frame around pages: places, languages, themes, what htmx is answered, errors."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib import messages
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from crm.accounts.models import User
from crm.shell.htmx import add_trigger

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/jobs/?state=done"}


def _main_nav(html: str) -> list[tuple[str, str]]:
    part = re.search(r'<nav aria-label="Main">(.*?)</nav>', html, re.S)[1]
    return re.findall(r'href="([^"]+)"( aria-current="page")?', part)


def test_the_place_one_is_at_is_marked_once(cast, sign_in):
    html = sign_in(cast.mei).get("/jobs/").content.decode()
    assert [href for href, current in _main_nav(html) if current] == ["/jobs/"]


def test_only_staff_see_the_way_to_administration(cast, sign_in):
    assert 'href="/admin/"' in sign_in(cast.mei).get("/").content.decode()
    assert 'href="/admin/"' not in sign_in(cast.tao).get("/").content.decode()


def test_title_and_heading_are_the_same_words(cast, sign_in):
    html = sign_in(cast.mei).get("/jobs/").content.decode()
    assert "<title>Jobs · Qiao</title>" in html
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", html) == ["Jobs"]


def test_theme_and_language_are_kept_on_the_person(cast, sign_in):
    client = sign_in(cast.mei)
    answer = client.post("/preferences/", {"theme": "dark", "language": "zh-hant", "next": "/jobs/"})
    assert (answer.status_code, answer["Location"]) == (302, "/jobs/")
    cast.mei.refresh_from_db()
    assert (cast.mei.theme, cast.mei.language) == ("dark", "zh-hant")
    html = client.get("/jobs/").content.decode()
    assert '<html lang="zh-hant" data-theme="dark">' in html


def test_before_sign_in_both_are_kept_in_cookies(db, client):
    client.post("/preferences/", {"theme": "dark", "language": "zh-hans", "next": "/accounts/login/"})
    assert '<html lang="zh-hans" data-theme="dark">' in client.get("/accounts/login/").content.decode()
    client.cookies["qiao_theme"] = '"><script>'
    assert 'data-theme="system"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("value", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_preferences_lead_nowhere_else(cast, sign_in, value):
    assert sign_in(cast.mei).post("/preferences/", {"theme": "dark", "next": value})["Location"] == "/"


def test_unknown_preferences_change_nothing(cast, sign_in):
    sign_in(cast.mei).post("/preferences/", {"theme": "pink", "language": "xx"})
    cast.mei.refresh_from_db()
    assert (cast.mei.theme, cast.mei.language) == ("system", "")


def test_a_session_that_ended_leads_htmx_to_the_sign_in_page(db, client):
    answer = client.get("/jobs/1/card/", **HTMX)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/accounts/login/?next=%2Fjobs%2F%3Fstate%3Ddone"
    assert client.get("/jobs/1/card/").status_code == 302


def test_messages_become_toasts_for_htmx_and_wait_for_the_page_otherwise(cast, sign_in, monkeypatch):
    from crm import views

    def answer(request, template, context):
        messages.success(request, "已保存 <b>")
        messages.error(request, "No.")
        return HttpResponse("part")

    monkeypatch.setattr(views, "render", answer)
    client = sign_in(cast.mei)
    toasts = json.loads(client.get("/search/?q=x", **HTMX)["HX-Trigger"])["toasts"]
    assert toasts == [{"text": "已保存 <b>", "kind": "ok"}, {"text": "No.", "kind": "bad"}]
    client.get("/search/?q=x")
    monkeypatch.undo()
    html = client.get("/jobs/").content.decode()
    assert html.count("已保存 &lt;b&gt;") == 1


def test_triggers_are_added_beside_those_there_are():
    response = HttpResponse()
    response["HX-Trigger"] = "jobs-changed, other"
    add_trigger(response, "toasts", [{"text": "a"}])
    add_trigger(response, "toasts", [{"text": "b"}])
    assert json.loads(response["HX-Trigger"]) == {
        "jobs-changed": None,
        "other": None,
        "toasts": [{"text": "a"}, {"text": "b"}],
    }


def test_a_message_may_bring_an_undo_that_stays_on_this_site(rf):
    from django.template import engines

    template = engines["django"].from_string(
        '{% load ui %}{% include "components/toast.html" with text="Moved" kind="ok" undo=tags|undo_path %}'
    )
    render = lambda tags: template.render({"tags": tags}, rf.get("/"))
    assert 'action="/customers/1/undo/"' in render("undo=/customers/1/undo/ success")
    assert "<form" not in render("undo=//evil.example/ success")
    assert "<form" not in render("undo=https://evil.example success")


def test_missing_and_foreign_pages_answer_in_the_same_words(cast, sign_in):
    client = sign_in(cast.mei)
    words = lambda path: re.sub(r"[0-9A-Za-z]{32,64}|value=\"[^\"]*\"", "", client.get(path).content.decode())
    assert words("/jobs/999999/") == words("/nowhere/")
    assert client.get("/nowhere/").status_code == 404


def test_the_error_page_needs_no_context(rf):
    from crm.shell.errors import failed

    answer = failed(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something broke" in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_our_words(cast):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.mei)
    answer = client.post("/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "The page was open too long" in answer.content.decode()
    assert User.objects.get(pk=cast.mei.pk).theme == "system"


def test_the_component_page_is_there_only_where_debug_is_on(cast, sign_in, settings):
    client = sign_in(cast.mei)
    settings.DEBUG = False
    assert client.get("/design/").status_code == 404
    settings.DEBUG = True
    html = client.get("/design/").content.decode()
    for part in ("buttons", "marks", "notes", "forms", "jobs", "lists", "charts", "floating", "colours", "icons"):
        assert f'<section id="{part}">' in html


def test_a_form_with_errors_links_to_its_fields(cast, sign_in, settings):
    settings.DEBUG = True
    html = sign_in(cast.mei).get("/design/").content.decode()
    assert '<a href="#id_wrong-name">Name</a>' in html
    assert 'id="id_wrong-name_error"' in html
    field = re.search(r'<input[^>]*id="id_wrong-name"[^>]*>', html)[0]
    assert 'aria-invalid="true"' in field
    assert "id_wrong-name_error" in re.search(r'aria-describedby="([^"]*)"', field)[1]


def test_a_page_of_the_frame_costs_no_statement_of_its_own(cast, sign_in, django_assert_num_queries):
    """Session and person; the bell asks only when something may be running."""
    client = sign_in(cast.ada)
    client.get(reverse("crm:search"))
    with django_assert_num_queries(2):
        client.get(reverse("crm:search"))


# --- entries for some, and entries that stand for several addresses -------------------------------------------------


@pytest.mark.parametrize("address", ["special/", "stand-ins/", "handovers/", "bulk/"])
def test_care_is_current_on_all_its_pages(cast, sign_in, address):
    html = sign_in(cast.mei).get(f"/customers/{address}").content.decode()
    assert [href for href, current in _main_nav(html) if current] == ["/customers/special/"]


def test_one_handover_is_care_too(cast, sign_in):
    from crm.clock import today
    from customers.models import Handover

    made = Handover.objects.create(to=cast.tao, since=today(), done_by=cast.mei)
    html = sign_in(cast.mei).get(f"/customers/handovers/{made.pk}/").content.decode()
    assert [href for href, current in _main_nav(html) if current] == ["/customers/special/"]


@pytest.mark.parametrize("address", ["/customers/privacy/erasures/", "/customers/privacy/retention/"])
def test_privacy_is_current_on_erasures_and_retention(cast, sign_in, address):
    html = sign_in(cast.ada).get(address).content.decode()
    assert [href for href, current in _main_nav(html) if current] == ["/customers/privacy/erasures/"]


def test_privacy_is_for_those_whom_its_pages_let_in(cast, sign_in):
    entry, shown = "/customers/privacy/erasures/", {}
    for name in ("ada", "mei", "tao", "lin", "ana"):
        client = sign_in(getattr(cast, name))
        has = entry in [href for href, _current in _main_nav(client.get("/").content.decode())]
        assert has == (client.get(entry).status_code == 200)
        shown[name] = has
    assert shown["ada"] and shown["mei"] and not shown["tao"] and not shown["ana"]
