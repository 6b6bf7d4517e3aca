"""Asking, guessing, answering once, and the work that follows; refusals change nothing."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from crm.audit.models import AuditEntry
from crm.clock import now, today
from crm.notifications.models import Notification
from customers.issues.models import Issue
from customers.issues.rules import terms_now, work_clock
from customers.models import Observation, TierStanding
from customers.portal import actions as portal
from customers.scores.links import link_of
from customers.surveys import actions, answering, reading, working
from customers.surveys.answering import Said
from customers.surveys.models import (
    ManagerGuess,
    SurveyAnswer,
    SurveyInvitation,
    SurveyPoint,
    SurveyResponse,
    SurveyTemplate,
)
from tests.surveys.conftest import DAY, fresh, said

pytestmark = pytest.mark.django_db


def code(refused) -> dict | str:
    error = refused.value
    if hasattr(error, "error_dict"):
        return {name: [one.code for one in errors] for name, errors in error.error_dict.items()}
    return error.code


def test_a_template_asks_about_six_points_unless_told_otherwise(template, points):
    assert [one.category for one in points] == ["supply", "price", "promotion", "service", "support", "profit"]
    assert (template.threshold, template.asks_trust, template.version) == (3, True, 1)
    assert str(points[0]) == "supply"


def test_a_template_that_was_used_gets_a_next_version(template, survey, cast):
    changed = actions.write_template(
        template=template, name="满意度", points=[("price", ""), ("other", "开会")], by=cast.ada
    )
    template.refresh_from_db()
    assert (changed.version, changed.earlier, template.is_active) == (2, template, False)
    assert [str(one.called) for one in changed.points.all()] == ["price", "开会"]
    assert SurveyPoint.objects.filter(template=template).count() == 6
    again = actions.write_template(template=changed, name="满意度二", points=[("price", "")], by=cast.ada)
    assert (again.pk, again.version) == (changed.pk, 3)  # nobody was asked by it yet
    with pytest.raises(ValidationError) as refused:
        actions.write_template(template=template, name="x", by=cast.ada)
    assert code(refused) == "old"


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"name": " "}, {"name": ["name"]}),
        ({"points": []}, {"points": ["points"]}),
        ({"points": [("weather", "")]}, {"points": ["category"]}),
        ({"points": [("price", ""), ("price", "")]}, {"points": ["twice"]}),
        ({"threshold": 0}, {"threshold": ["threshold"]}),
    ],
)
def test_what_is_wrong_with_a_template_is_said(cast, values, wrong):
    with pytest.raises(ValidationError) as refused:
        actions.write_template(by=cast.ada, **{"name": "x"} | values)
    assert code(refused) == wrong
    assert not SurveyTemplate.objects.exists()


def test_a_round_leaves_out_the_closed_and_those_it_is_not_for(template, shops, cast):
    shops[0].state = "closed"
    made = actions.begin_survey(
        template=template, name="x", opens_on=today(), closes_on=today(), customers=shops[:2], by=cast.mei
    )
    assert [one.customer for one in made.invitations.all()] == [shops[1]]
    agents = actions.write_template(name="代理", kind="agent", by=cast.ada)
    with pytest.raises(ValidationError) as refused:
        actions.begin_survey(
            template=agents, name="x", opens_on=today(), closes_on=today(), customers=shops, by=cast.mei
        )
    assert code(refused) == {"customers": ["nobody"]}


@pytest.mark.parametrize(("first", "last"), [(0, -1), (0, 121)])
def test_a_round_ends_after_today_and_does_not_last_for_ever(template, shops, cast, first, last):
    with pytest.raises(ValidationError) as refused:
        actions.begin_survey(
            template=template,
            name="x",
            opens_on=today() + first * DAY,
            closes_on=today() + last * DAY,
            customers=shops,
            by=cast.mei,
        )
    assert list(code(refused)) == ["closes_on"]
    assert not SurveyInvitation.objects.exists()


def test_an_answer_is_kept_once_however_often_it_is_sent(invitation, points):
    first = answering.answer(invitation=invitation, answers=said(points), overall=7, renew=8, trust=6, through="link")
    again = answering.answer(invitation=invitation, answers=said(points, 1, 1), overall=1, renew=1, through="link")
    assert first.pk == again.pk and SurveyAnswer.objects.count() == 6
    first.refresh_from_db()
    assert (first.overall, first.renew, first.trust) == (7, 8, 6)
    invitation.refresh_from_db()
    assert invitation.state == "answered"
    entry = AuditEntry.objects.get(action="survey.answer")
    assert "7" not in str(entry.changes)  # the log says that, not what


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"overall": 11}, {"overall": ["range"]}),
        ({"renew": 0}, {"renew": ["range"]}),
        ({"trust": True}, {"trust": ["range"]}),
        ({"comment": "x" * 1001}, {"comment": ["long"]}),
    ],
)
def test_answers_out_of_range_are_refused_whole(invitation, points, values, wrong):
    with pytest.raises(ValidationError) as refused:
        answering.answer(
            invitation=invitation, answers=said(points), through="link", **{"overall": 5, "renew": 5} | values
        )
    assert code(refused) == wrong
    assert not SurveyResponse.objects.exists()


def test_every_point_is_answered_and_no_other(invitation, points):
    for answers in ({}, {points[0].pk: Said(5, 5)}, said(points) | {999: Said(5, 5)}):
        with pytest.raises(ValidationError) as refused:
            answering.answer(invitation=invitation, answers=answers, overall=5, renew=5, through="link")
        assert code(refused) == {"answers": ["missing"]}
    assert not SurveyResponse.objects.exists()


def test_shortfalls_open_an_issue_each_and_once(invitation, points, cast):
    answers = said(points, supply=(9, 3), price=(8, 5), service=(4, 10), profit=(8, 6))
    answering.guess(invitation=invitation, guesses={one.pk: (8, 8) for one in points}, by=cast.tao)
    for _n in range(2):
        answering.answer(invitation=invitation, answers=answers, overall=4, renew=4, through="link")
    found = {one.category: one for one in Issue.objects.all()}
    assert {name: (one.severity, one.origin, one.owner) for name, one in found.items()} == {
        "supply": (3, "told", cast.tao),
        "price": (2, "told", cast.tao),
    }
    opened = found["supply"].opened_at
    assert found["supply"].due_at == work_clock(terms_now()).after(opened, 40 * 60)  # half of 80 working hours
    # It says that it falls short, not how far.
    assert not any(digit in found["supply"].title + found["supply"].text for digit in "0123456789")


def _guess(invitation, points, by):
    answering.guess(invitation=invitation, guesses={one.pk: (8, 8) for one in points}, by=by)


def _waive(invitation, points, by):
    answering.waive_guess(invitation=invitation, reason="刚接手", by=by)


@pytest.mark.parametrize("then", [_guess, _waive])
def test_issues_do_not_give_answers_away_before_the_guess(invitation, points, cast, then):
    answers = said(points, supply=(9, 3), price=(8, 5))
    answering.answer(invitation=invitation, answers=answers, overall=4, renew=4, through="link")
    assert not Issue.objects.exists() and not Notification.objects.exists()
    then(invitation, points, cast.tao)
    assert set(Issue.objects.values_list("category", "owner__username")) == {("supply", "tao"), ("price", "tao")}
    assert Notification.objects.filter(user=cast.tao, kind="issue.raised").count() == 2
    response = SurveyResponse.objects.select_related("invitation").get()
    assert len(working.open_for(response)) == 2 and Issue.objects.count() == 2


def test_nobody_who_has_to_guess_holds_no_issue_up(invitation, points, cast):
    invitation.customer.responsibilities.update(until=today())
    answering.answer(invitation=invitation, answers=said(points, 9, 3), overall=4, renew=4, through="link")
    assert Issue.objects.count() == 6


def test_what_nobody_guessed_is_worked_on_when_the_round_is_over(survey, points, shops, cast):
    for shop in shops[:2]:
        one = survey.invitations.get(customer=shop)
        answering.answer(invitation=one, answers=said(points, price=(8, 5)), overall=4, renew=4, through="link")
    over = survey.closes_on + DAY
    assert working.open_left_over(survey.closes_on) == 0 and not Issue.objects.exists()
    assert working.open_left_over(over) == 2
    assert working.open_left_over(over) == 0
    assert set(Issue.objects.values_list("customer", "category")) == {(one.pk, "price") for one in shops[:2]}
    # A guess that comes late opens nothing twice.
    _guess(survey.invitations.get(customer=shops[0]), points, cast.tao)
    assert Issue.objects.count() == 2


def test_only_whoever_looks_after_a_customer_guesses_and_heads_may_give_it_up(invitation, points, cast, shops):
    for by in (cast.mei, cast.lin, cast.ada):
        with pytest.raises(PermissionDenied):
            _guess(invitation, points, by)
    with pytest.raises(PermissionDenied):
        _waive(invitation, points, cast.ana)
    invitation.refresh_from_db()
    assert (invitation.guessed_at, invitation.waived) == (None, "") and not ManagerGuess.objects.exists()
    shops[0].responsibilities.update(until=today())
    for act in (_guess, _waive):
        with pytest.raises(PermissionDenied):
            act(invitation, points, cast.tao)  # no longer in charge
    _waive(invitation, points, cast.mei)
    invitation.refresh_from_db()
    assert (invitation.waived, invitation.guessed_by) == ("刚接手", cast.mei)


def test_answers_stay_hidden_until_whoever_looks_after_the_customer_has_guessed(invitation, survey, points, cast):
    answering.answer(invitation=invitation, answers=said(points), overall=7, renew=7, through="link")
    rows = SurveyResponse.objects
    assert not rows.visible_to(fresh(cast.tao)).exists()
    assert not SurveyAnswer.objects.visible_to(fresh(cast.tao)).exists()
    assert rows.visible_to(fresh(cast.mei)).count() == 1
    assert not rows.visible_to(fresh(cast.lin)).exists()
    assert reading.whole(fresh(cast.tao), survey).hidden == 1
    assert reading.by_point(fresh(cast.tao), survey) == []
    answering.guess(invitation=invitation, guesses={one.pk: (9, 9) for one in points}, by=cast.tao)
    assert rows.visible_to(fresh(cast.tao)).count() == 1
    assert reading.whole(fresh(cast.tao), survey).hidden == 0


def test_a_guess_is_made_once_and_of_every_point(invitation, points, cast):
    with pytest.raises(ValidationError) as refused:
        answering.guess(invitation=invitation, guesses={points[0].pk: (5, 5)}, by=cast.tao)
    assert code(refused) == {"guesses": ["missing"]}
    with pytest.raises(ValidationError) as refused:
        answering.guess(invitation=invitation, guesses={one.pk: (5, 11) for one in points}, by=cast.tao)
    assert code(refused) == {"guesses": ["range"]}
    assert not ManagerGuess.objects.exists()
    answering.guess(invitation=invitation, guesses={one.pk: (5, 5) for one in points}, by=cast.tao)
    for act in (
        lambda: answering.guess(invitation=invitation, guesses={one.pk: (6, 6) for one in points}, by=cast.tao),
        lambda: answering.waive_guess(invitation=invitation, reason="x", by=cast.tao),
    ):
        with pytest.raises(ValidationError) as refused:
            act()
        assert code(refused) == "guessed"
    assert set(ManagerGuess.objects.values_list("expectation", "reality")) == {(5, 5)}


def test_who_will_not_guess_says_why_and_then_sees(invitation, points, cast):
    answering.answer(invitation=invitation, answers=said(points), overall=7, renew=7, through="link")
    with pytest.raises(ValidationError) as refused:
        answering.waive_guess(invitation=invitation, reason=" ", by=cast.tao)
    assert code(refused) == {"reason": ["required"]}
    answering.waive_guess(invitation=invitation, reason="刚接手", by=cast.tao)
    assert SurveyResponse.objects.visible_to(fresh(cast.tao)).count() == 1


def test_who_is_silent_is_no_answer_and_never_content(survey, invitation, points, shops, cast):
    answering.answer(invitation=invitation, answers=said(points), overall=9, renew=9, through="link")
    actions.decline(invitation=survey.invitations.get(customer=shops[1]), by=cast.tao)
    assert actions.expire(today() + 8 * DAY) == 1
    assert actions.expire(today() + 8 * DAY) == 0
    whole = reading.whole(fresh(cast.mei), survey)
    assert whole.states == {"answered": 1, "declined": 1, "expired": 1}
    assert (whole.asked, whole.answered, whole.silent, whole.overall) == (3, 1, 1, 9)


def seen():
    rows = Observation.objects.filter(source="survey").order_by("pk")
    return list(rows.values_list("customer__code", "kind", "trait", "score", "seen_on", "ref"))


def test_that_a_customer_answers_or_not_is_evidence_of_cooperation_not_what(survey, points, shops, cast):
    first, second, third = survey.invitations.order_by("customer__code")
    for _n in range(2):
        answering.answer(invitation=first, answers=said(points, 9, 1), overall=1, renew=1, through="link")
    assert seen() == [("E0", "answer", "cooperation", 100, today(), str(first.pk))]
    assert link_of(shops[0].pk, "survey", str(first.pk)) == f"/surveys/customers/{shops[0].pk}/"
    SurveyInvitation.objects.filter(pk=second.pk).update(sent_at=now())
    for _n in range(2):
        actions.expire(survey.closes_on + DAY)
    # No letter went to the third, and nobody of theirs was in the portal.
    assert seen()[1:] == [("E1", "answer", "cooperation", 0, today(), str(second.pk))]
    third.refresh_from_db()
    assert third.state == "expired"


@pytest.mark.parametrize(("opens", "last_seen", "count"), [(0, 0, 1), (0, -1, 0), (0, None, 0)])
def test_who_was_in_the_portal_knew_of_it(survey, shops, cast, opens, last_seen, count):
    account = portal.invite(customer=shops[0], name="王老板", phone="13900001111", by=cast.tao)
    if last_seen is not None:
        type(account).objects.update(last_seen_at=now() + last_seen * DAY)
    actions.expire(survey.closes_on + DAY)
    assert [one[0] for one in seen()] == ["E0"] * count


def test_what_was_asked_in_person_declined_or_ended_early_says_nothing(survey, points, shops, cast):
    first, second, third = survey.invitations.order_by("customer__code")
    SurveyInvitation.objects.update(sent_at=now())
    answering.answer(invitation=first, answers=said(points), overall=5, renew=5, through="visit", by=cast.mei)
    actions.decline(invitation=second, by=cast.tao)
    actions.end_survey(survey=survey, by=cast.mei)
    actions.expire(today() + 9 * DAY)
    third.refresh_from_db()
    assert third.state == "expired" and seen() == []


def test_nobody_answers_what_is_over_or_was_declined(survey, shops, points, cast):
    first, second = (survey.invitations.get(customer=one) for one in shops[:2])
    actions.decline(invitation=first, by=cast.tao)
    actions.end_survey(survey=survey, by=cast.mei)
    for one, wrong in ((first, "declined"), (second, "closed")):
        with pytest.raises(ValidationError) as refused:
            answering.answer(invitation=one, answers=said(points), overall=5, renew=5, through="link")
        assert code(refused) == wrong
    assert not SurveyResponse.objects.exists()


def test_figures_by_point_group_and_blindness_are_exact(survey, shops, points, cast, django_assert_num_queries):
    values = [(9, 4, 3), (7, 6, 6), (8, 8, 9)]
    for shop, (expectation, reality, overall) in zip(shops[:3], values, strict=True):
        one = survey.invitations.get(customer=shop)
        answering.guess(invitation=one, guesses={point.pk: (8, 8) for point in points}, by=cast.tao)
        answering.answer(
            invitation=one,
            answers=said(points, 8, 8, supply=(expectation, reality)),
            overall=overall,
            renew=overall,
            trust=overall,
            through="link",
        )
    mei = fresh(cast.mei)
    reading.whole(mei, survey)  # her reach is known from here on
    with django_assert_num_queries(1):
        found = reading.by_point(mei, survey)
    supply = found[0]
    assert (supply.category, supply.n) == ("supply", 3)
    assert [str(one) for one in (supply.expectation, supply.reality, supply.shortfall, supply.weight)] == [
        "8.0",
        "6.0",
        "2.0",
        "6.0",
    ]
    with django_assert_num_queries(1):
        blind = reading.blindness(mei, survey)
    assert (blind[0].name, blind[0].n, str(blind[0].expectation), str(blind[0].reality)) == ("supply", 3, "0.0", "2.0")
    with django_assert_num_queries(3):
        regions = reading.by_group(mei, survey, "region")
    assert [(one.key, one.n, str(one.overall), str(one.shortfall)) for one in regions] == [("江苏", 3, "6.0", "0.3")]
    # 8 was guessed throughout; supply was found 4, 6 and 8, the rest 8.
    assert [str(one.better) for one in regions] == ["0.3"]
    with django_assert_num_queries(2):
        whole = reading.whole(mei, survey)
    assert whole.calls == [survey.invitations.get(customer=shops[0]).pk]
    assert whole.together is None  # three answers say nothing
    trust, _hidden = reading.theirs_trust(mei, [one.pk for one in shops])
    assert {pk: value for pk, (value, _at) in trust.items()} == {
        shops[0].pk: 3,
        shops[1].pk: 6,
        shops[2].pk: 9,
    }
    months = reading.by_group(mei, None, "month")
    assert [(one.key, one.n, str(one.better)) for one in months] == [(today().replace(day=1), 3, "0.3")]


def test_how_blind_we_were_is_told_by_tier_region_and_month(survey, shops, points, cast):
    for n, shop in enumerate(shops[:3]):
        TierStanding.objects.create(customer=shop, kind=shop.kind, region=shop.region, tier="AAB"[n], w0=1)
        one = survey.invitations.get(customer=shop)
        if n:
            answering.guess(invitation=one, guesses={point.pk: (8, 8) for point in points}, by=cast.tao)
        answering.answer(invitation=one, answers=said(points, 8, 6 + 3 * (n - 1)), overall=5, renew=5, through="link")
    earlier = SurveyResponse.objects.filter(invitation__customer=shops[2])
    earlier.update(answered_at=now() - 62 * DAY)
    tiers = reading.by_group(fresh(cast.mei), survey, "tier")
    # The first of A was never guessed: it counts for what was found, and for no guess.
    assert [(one.key, one.n, str(one.reality), str(one.better)) for one in tiers] == [
        ("A", 2, "4.5", "2.0"),
        ("B", 1, "9.0", "-1.0"),
    ]
    assert str(tiers[1].worse) == "1.0"
    months = reading.by_group(fresh(cast.mei), survey, "month")
    assert [(one.n, str(one.better)) for one in months] == [(1, "-1.0"), (2, "2.0")]
    assert [str(one.better) for one in reading.by_group(fresh(cast.mei), survey, "region")] == ["0.5"]
    SurveyInvitation.objects.update(waived="x")
    ManagerGuess.objects.all().delete()
    assert [one.better for one in reading.by_group(fresh(cast.mei), survey, "tier")] == [None, None]


def test_the_database_holds_what_must_hold(invitation, points, cast):
    response = answering.answer(invitation=invitation, answers=said(points), overall=5, renew=5, through="link")
    for rows, wrong in (
        (SurveyResponse.objects.filter(pk=response.pk), {"overall": 0}),
        (SurveyAnswer.objects.filter(response=response), {"reality": 11}),
        (SurveyAnswer.objects.filter(response=response), {"importance": 6}),
        (SurveyInvitation.objects.filter(pk=invitation.pk), {"state": "happy"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyInvitation.objects.create(
            survey=invitation.survey, customer=invitation.customer, nonce="x", asked_at=response.answered_at
        )


def test_of_two_that_become_one_the_one_that_answered_counts(survey, shops, points, cast, policy):
    from customers.duplicates.actions import merge, undo

    gone = survey.invitations.get(customer=shops[1])
    answering.answer(invitation=gone, answers=said(points), overall=6, renew=6, through="link")
    done = merge(survivor=shops[0], loser=shops[1], by=cast.ada)
    rows = SurveyInvitation.objects.filter(customer=shops[0]).order_by("pk")
    assert [(one.state, one.set_aside) for one in rows] == [("asked", True), ("answered", False)]
    whole = reading.whole(fresh(cast.mei), survey)
    assert (whole.asked, whole.answered, whole.overall) == (2, 1, 6)
    undo(merge=done, by=cast.ada)
    assert not SurveyInvitation.objects.filter(set_aside=True).exists()
