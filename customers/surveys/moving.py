"""Surveys when two customers become one: all go over. Where both were asked in a round, one of the two counts: the
survivor's, unless only the other has answered.
"""

from __future__ import annotations

from crm.merging import Work, special
from customers.surveys.models import State, SurveyInvitation


def invitations(work: Work) -> None:
    rows = SurveyInvitation.objects.counting().order_by("pk")
    mine = {one.survey_id: one for one in rows.filter(customer_id=work.survivor_id)}
    theirs = [one for one in rows.filter(customer_id=work.loser_id) if one.survey_id in mine]
    over = [
        mine[one.survey_id].pk
        if one.state == State.ANSWERED and mine[one.survey_id].state != State.ANSWERED
        else one.pk
        for one in theirs
    ]
    if over:
        work.update(SurveyInvitation, f"id IN ({', '.join(['%s'] * len(over))})", over, set_aside=True)
    work.update(SurveyInvitation, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


RULES = [special("customers.SurveyInvitation", invitations)]
"""Answers and guesses hang on the invitation and follow it."""
