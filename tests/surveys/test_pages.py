"""Pages of surveys: for us, for whoever answers by link, and in the portal."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from crm.accounts.models import Posting
from crm.clock import today
from crm.jobs import runner
from customers.issues.models import Issue
from customers.people.actions import create_person
from customers.portal import actions as portal
from customers.portal import links as portal_links
from customers.portal import reading as portal_reading
from customers.surveys import actions, answering, links, reading, waiting
from customers.surveys.models import ManagerGuess, Survey, SurveyInvitation, SurveyResponse, SurveyTemplate
from customers.trust import reading as trust
from tests.surveys.conftest import DAY, at, fresh, said

pytestmark = pytest.mark.django_db


def filled(points, expectation="8", reality="8", **more) -> dict:
    found = {}
    for one in points:
        found |= {f"e-{one.pk}": expectation, f"r-{one.pk}": reality, f"d-{one.pk}": "0", f"i-{one.pk}": ""}
    return found | {"overall": "7", "renew": "8", "trust": "9", "comment": ""} | more


# --- by link ------------------------------------------------------------------------------------------------------


def test_a_customer_answers_by_link_without_signing_in(invitation, points):
    here = links.path_of(invitation)
    page = Client().get(here)
    text = page.content.decode()
    assert page.status_code == 200 and "How is it really?" in text
    # The questions and nothing else.
    assert "店0" not in text and "秋季" not in text and "Tao" not in text
    answer = Client().post(here, filled(points, comment="<script>alert(1)</script>"))
    assert "Your answers are here" in answer.content.decode()
    made = SurveyResponse.objects.get()
    assert (made.overall, made.renew, made.trust, made.through, made.written_by) == (7, 8, 9, "link", None)
    again = Client().post(here, filled(points, "1", "1"))
    assert "Your answers are here" in again.content.decode() and "alert" not in again.content.decode()
    assert SurveyResponse.objects.count() == 1
    assert "Your answers are here" in Client().get(here).content.decode()


def test_an_unknown_forged_or_closed_address_says_the_same(invitation, survey, points):
    good = links.token_of(invitation)
    answers = [
        Client().get(reverse("portal:survey", args=[token])) for token in ("x", good[:-1], good + "a", "1.2.3", "é.é")
    ]
    Survey.objects.update(opens_on=today() - 9 * DAY, closes_on=today() - DAY)
    answers += [Client().get(links.path_of(invitation)), Client().post(links.path_of(invitation), filled(points))]
    bodies = {re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", one.content.decode()) for one in answers}
    assert {one.status_code for one in answers} == {404} and len(bodies) == 1
    assert not SurveyResponse.objects.exists()


def test_hostile_input_is_refused_and_nothing_is_kept(invitation, points):
    first = points[0].pk
    here = links.path_of(invitation)
    for wrong in ({f"e-{first}": "11"}, {f"r-{first}": "' OR 1=1"}, {"overall": ""}, {"comment": "x" * 1001}):
        answer = Client().post(here, filled(points) | wrong)
        assert answer.status_code == 422
    assert not SurveyResponse.objects.exists()


def test_whoever_tries_too_often_waits(invitation, points, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"survey_answer": "1/m/ip"}
    client = Client()
    assert client.post(links.path_of(invitation), {"overall": ""}).status_code == 422
    assert client.post(links.path_of(invitation), filled(points)).status_code == 429
    assert not SurveyResponse.objects.exists()


def test_the_language_is_chosen_and_leads_back_to_the_questions(invitation):
    client, here = Client(), links.path_of(invitation)
    assert client.post(reverse("portal:language"), {"language": "zh-hans", "next": here}).url == here
    for elsewhere in ("https://evil.test/", "//evil.test/portal/survey/x/", "/customers/", here + "//x"):
        answer = client.post(reverse("portal:language"), {"language": "en", "next": elsewhere})
        assert answer.url == reverse("portal:home")


def test_in_the_portal_an_open_survey_is_shown_and_answered(invitation, points, shops, cast):
    account = portal.invite(customer=shops[0], name="王老板", phone="13900001111", by=cast.tao)
    client = Client()
    client.post(portal_links.address(portal_reading.open_link(account), ""))
    assert links.path_of(invitation) in client.get("/portal/").content.decode()
    client.post(links.path_of(invitation), filled(points))
    made = SurveyResponse.objects.get()
    assert (made.through, made.told_by) == ("portal", "王老板")
    assert 'id="survey"' not in client.get("/portal/").content.decode()


# --- ours ---------------------------------------------------------------------------------------------------------


def test_a_round_is_begun_for_those_one_looks_after(template, shops, cast):
    asked = {
        "name": "秋季",
        "template": template.pk,
        "opens_on": today(),
        "closes_on": today() + DAY,
        "whom": "mine",
        "tier": "",
        "tag": "",
    }
    answer = at(cast.tao).post(reverse("surveys:new"), asked)
    made = Survey.objects.get()
    assert answer.url == reverse("surveys:round", args=[made.pk])
    assert {one.customer for one in made.invitations.all()} == set(shops[:3])
    assert at(cast.ana).post(reverse("surveys:new"), asked).status_code == 403
    assert at(cast.tao).post(reverse("surveys:new"), asked | {"tier": "A"}).status_code == 422
    assert Survey.objects.count() == 1


def test_the_first_round_brings_its_own_questions(shops, cast):
    page, client = reverse("surveys:new"), at(cast.mei)
    assert "The usual points" in client.get(page).content.decode()
    assert at(cast.tao).get(page).url == at(cast.tao).post(page, {}).url == reverse("surveys:rounds")
    asked = {"name": "秋季", "template": "", "opens_on": today(), "closes_on": today() + DAY, "whom": "all", "tier": ""}
    assert client.post(page, asked | {"tier": "A"}).status_code == 422  # nobody is asked
    assert not SurveyTemplate.objects.exists()
    made = client.post(page, asked)
    assert made.url == reverse("surveys:round", args=[Survey.objects.get().pk])
    assert SurveyTemplate.objects.get().points.count() == 6
    assert client.post(page, asked).status_code == 422  # from now on one is chosen


def test_a_guess_comes_before_the_answer_is_seen(invitation, survey, points, cast, shops):
    answering.answer(
        invitation=invitation, answers=said(points, 9, 2), overall=2, renew=2, comment="太慢了", through="link"
    )
    client, tab = at(cast.tao), reverse("surveys:customer", args=[shops[0].pk])
    page = client.get(tab).content.decode()
    assert "太慢了" not in page and "Guess it first" in page
    assert "太慢了" not in client.get(reverse("surveys:round", args=[survey.pk])).content.decode()
    assert "太慢了" in at(cast.mei).get(tab).content.decode()
    here = reverse("surveys:guess", args=[invitation.pk])
    assert client.post(here, {f"e-{points[0].pk}": "5"}).status_code == 422
    guess = {f"{name}-{one.pk}": "8" for one in points for name in "er"}
    assert client.post(here, guess).url == tab
    page = client.get(tab).content.decode()
    assert "太慢了" in page and "found 8, expected 8" in page
    assert ManagerGuess.objects.count() == 6


def test_what_they_say_of_our_word_is_no_way_round_the_guess(invitation, points, cast, shops):
    answering.answer(invitation=invitation, answers=said(points), overall=7, renew=7, trust=3, through="link")
    ids, tab = [one.pk for one in shops], reverse("customers:trust", args=[shops[0].pk])
    assert reading.theirs_trust(fresh(cast.tao), ids) == ({}, {shops[0].pk})
    shown = trust.reading_of(fresh(cast.tao), shops[0], today())
    assert (shown.theirs, shown.hidden) == (None, True)
    assert trust.theirs_of(fresh(cast.mei), shops[0], today()) == (3, False)
    for page in (tab, reverse("customers:detail", args=[shops[0].pk])):
        assert "answered; guess first" in at(cast.tao).get(page).content.decode()
        assert "answered; guess first" not in at(cast.mei).get(page).content.decode()
    answering.guess(invitation=invitation, guesses={one.pk: (8, 8) for one in points}, by=cast.tao)
    assert trust.theirs_of(fresh(cast.tao), shops[0], today()) == (3, False)
    assert "answered; guess first" not in at(cast.tao).get(tab).content.decode()


def test_a_head_does_not_guess_but_may_end_the_wait(invitation, points, cast, regions, shops):
    answering.answer(invitation=invitation, answers=said(points, price=(8, 4)), overall=7, renew=7, through="link")
    here, json = f"/api/v1/surveys/invitations/{invitation.pk}/", "application/json"
    guess = {"points": [{"point": one.pk, "expectation": 8, "reality": 8} for one in points]}
    assert at(cast.mei).post(f"{here}guess/", guess, json).status_code == 403
    page, filled_in = (
        reverse("surveys:guess", args=[invitation.pk]),
        {f"{n}-{one.pk}": "8" for one in points for n in "er"},
    )
    head = at(cast.mei)
    assert page in head.get(reverse("surveys:customer", args=[shops[0].pk])).content.decode()
    shown = head.get(page).content.decode()
    assert "Do not wait for the guess" in shown and "Keep my guess" not in shown
    assert head.post(page, filled_in).status_code == 403
    # A manager who has the customer in reach, but not in their charge, has no part in it.
    Posting.objects.create(user=cast.tao, region=regions.east, since=today())
    shops[1].responsibilities.update(until=today())
    other = invitation.survey.invitations.get(customer=shops[1])
    there = f"/api/v1/surveys/invitations/{other.pk}/"
    colleague = at(cast.tao)
    assert colleague.get(reverse("surveys:guess", args=[other.pk])).status_code == 403
    assert colleague.post(reverse("surveys:waive", args=[other.pk]), {"reason": "x"}).status_code == 403
    assert colleague.post(f"{there}guess/", guess, json).status_code == 403
    assert colleague.post(f"{there}waive/", {"reason": "x"}, json).status_code == 403
    assert not ManagerGuess.objects.exists() and not Issue.objects.exists()
    assert head.post(f"{here}waive/", {"reason": "休假"}, json).status_code == 200
    assert Issue.objects.get().category == "price"


def test_today_says_that_an_answer_waits_for_the_guess(survey, points, cast, shops, django_assert_num_queries):
    for shop in shops[:2]:
        one = survey.invitations.get(customer=shop)
        answering.answer(invitation=one, answers=said(points), overall=7, renew=7, through="link")
    tao = fresh(cast.tao)
    SurveyInvitation.objects.visible_to(tao).exists()  # his reach is known from here on
    with django_assert_num_queries(1):
        found = waiting.tasks(tao, today())
    assert [one.reason for one in found] == [f"Guess first: an answer of {one.name} waits." for one in shops[:2]]
    first = survey.invitations.get(customer=shops[0])
    assert found[0].url == reverse("surveys:guess", args=[first.pk])
    for user in (cast.mei, cast.lin, cast.ada, cast.ana):
        assert waiting.tasks(fresh(user), today()) == []
    answering.guess(invitation=first, guesses={one.pk: (8, 8) for one in points}, by=cast.tao)
    assert [one.customer_id for one in waiting.tasks(tao, today())] == [shops[1].pk]
    assert "Guess first: an answer of 店1 waits." in at(cast.tao).get(reverse("crm:today")).content.decode()


def test_whoever_looks_after_a_customer_guesses_before_asking_in_person(invitation, points, cast):
    client, here = at(cast.tao), reverse("surveys:ask", args=[invitation.pk])
    assert client.get(here).url == reverse("surveys:guess", args=[invitation.pk])
    assert client.post(here, filled(points)).url == reverse("surveys:guess", args=[invitation.pk])
    assert not SurveyResponse.objects.exists()
    client.post(reverse("surveys:waive", args=[invitation.pk]), {"reason": "当面问"})
    assert client.get(here).status_code == 200
    client.post(here, filled(points))
    made = SurveyResponse.objects.get()
    assert (made.through, made.written_by) == ("visit", cast.tao)


def test_others_are_not_there_and_readers_write_nothing(invitation, survey, cast, shops):
    for name in ("guess", "ask"):
        assert at(cast.lin).get(reverse(f"surveys:{name}", args=[invitation.pk])).status_code == 404
        assert at(cast.ana).get(reverse(f"surveys:{name}", args=[invitation.pk])).status_code == 403
    for name in ("waive", "decline"):
        assert at(cast.lin).post(reverse(f"surveys:{name}", args=[invitation.pk])).status_code == 404
        assert at(cast.ana).post(reverse(f"surveys:{name}", args=[invitation.pk])).status_code == 403
    for name in ("round", "links"):
        assert at(cast.lin).get(reverse(f"surveys:{name}", args=[survey.pk])).status_code == 404
    assert at(cast.tao).post(reverse("surveys:end", args=[survey.pk])).status_code == 403
    assert at(cast.ana).get(reverse("surveys:links", args=[survey.pk])).status_code == 403
    assert "秋季" not in at(cast.lin).get(reverse("surveys:rounds")).content.decode()
    invitation.refresh_from_db()
    assert invitation.state == "asked"


def test_letters_go_once_to_who_has_an_address(survey, shops, cast):
    create_person(name="王老板", email="wang@shop.test", customer=shops[0], role={"role": "owner"}, by=cast.ada)
    client = at(cast.mei)
    for _n in range(2):
        client.post(reverse("surveys:send", args=[survey.pk]))
        runner.drain()
    assert [one.to for one in mail.outbox] == [["wang@shop.test"]]
    invitation = survey.invitations.get(customer=shops[0])
    assert links.path_of(invitation) in mail.outbox[0].body
    assert invitation.sent_to == "w•••@shop.test"


def test_links_are_shown_and_the_log_knows_to_whom(survey, invitation, cast):
    from crm.audit.models import AuditEntry

    page = at(cast.tao).get(reverse("surveys:links", args=[survey.pk])).content.decode()
    assert links.path_of(invitation) in page
    assert AuditEntry.objects.filter(action="survey.links", actor=cast.tao).count() == 3


@pytest.mark.parametrize("name", ["surveys:rounds", "surveys:round"])
def test_many_take_as_many_statements_as_few(name, template, survey, shops, cast, regions, points):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from customers.profile.actions import create_customer

    client, args = at(cast.mei), [survey.pk] if name == "surveys:round" else []
    for one in survey.invitations.all():
        answering.answer(invitation=one, answers=said(points), overall=5, renew=5, through="link")
    client.get(reverse(name, args=args))

    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(name, args=args)).status_code == 200
        return len(seen)

    few = statements()
    more = [create_customer(code=f"M{n}", name=f"多{n}", kind="agent", region=regions.jiangsu) for n in range(20)]
    for n in range(5):
        actions.begin_survey(
            template=template, name=f"轮{n}", opens_on=today(), closes_on=today(), customers=more, by=cast.mei
        )
    SurveyInvitation.objects.filter(survey__name="轮0").update(survey=survey)
    for one in survey.invitations.filter(state="asked"):
        answering.answer(invitation=one, answers=said(points), overall=5, renew=5, through="link")
    assert statements() == few


def test_heads_write_what_is_asked_and_managers_do_not(template, cast):
    new = {"name": "新品", "kind": "", "categories": ["price"], "further": "开会\n培训", "threshold": "4"}
    assert at(cast.tao).post(reverse("surveys:template-new"), new).status_code == 403
    assert at(cast.mei).post(reverse("surveys:template-new"), new).url == reverse("surveys:templates")
    page = at(cast.tao).get(reverse("surveys:templates")).content.decode()
    assert "新品" in page and "培训" in page


# --- over the API -------------------------------------------------------------------------------------------------


def test_the_api_begins_guesses_answers_and_tells_figures(template, points, shops, cast):
    client, json = at(cast.tao), "application/json"
    asked = {"name": "x", "template": template.pk, "opens_on": str(today()), "closes_on": str(today())}
    made = client.post("/api/v1/surveys/", asked | {"customers": [one.pk for one in shops]}, json)
    assert made.status_code == 201 and (made.json()["asked"], made.json()["answered"]) == (3, 0)
    found = client.get(f"/api/v1/surveys/invitations/?customer={shops[0].pk}").json()["results"]
    here = f"/api/v1/surveys/invitations/{found[0]['id']}/"
    answers = {
        "answers": [{"point": one.pk, "expectation": 9, "reality": 5} for one in points],
        "overall": 4,
        "renew": 4,
    }
    refused = client.post(f"{here}answer/", answers, json)
    assert refused.status_code == 400 and "First say" in str(refused.json())
    guess = {"points": [{"point": one.pk, "expectation": 8, "reality": 8} for one in points]}
    assert client.post(f"{here}guess/", guess, json).json()["guessed_at"]
    assert client.post(f"{here}answer/", answers, json).json()["state"] == "answered"
    figures = client.get(f"/api/v1/surveys/{made.json()['id']}/figures/").json()
    assert (figures["answered"], figures["silent"], figures["overall"]) == (1, 2, "4.0")
    assert {one["shortfall"] for one in figures["points"]} == {"4.0"}
    assert {(one["n"], one["expectation"], one["reality"]) for one in figures["blind"]} == {(1, "-1.0", "3.0")}
    group = {"n": 1, "overall": "4.0", "renew": "4.0", "reality": "5.0", "shortfall": "4.0", "better": "3.0"}
    assert figures["regions"] == [{"key": "江苏"} | group]
    assert figures["months"] == [{"key": str(today().replace(day=1))} | group]
    shown = client.get(reverse("surveys:round", args=[made.json()["id"]])).content.decode()
    assert "By month" in shown and "we thought it 3.0 better" in shown
    rows = client.get(f"/api/v1/surveys/responses/?customer={shops[0].pk}").json()["results"]
    assert len(rows[0]["answers"]) == 6
    assert at(cast.lin).get("/api/v1/surveys/responses/").json()["results"] == []
    assert at(cast.lin).get(here).status_code == 404
    assert "nonce" not in str(client.get(here).json())
