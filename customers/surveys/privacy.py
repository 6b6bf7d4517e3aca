"""What of surveys is personal: what was written in words, and by whom. The figures stay, as ours of a business."""

from __future__ import annotations

from crm.privacy import CUSTOMER, NAME, TEXT, blank, by, kept, table

CODES = "a choice of our own words"
WHEN = "when, without who or what, tells nothing"
OURS = "what we ask everybody"


RULES = [
    table("customers.SurveyTemplate", plain={OURS: "name kind", WHEN: "made_at"}),
    table("customers.SurveyPoint", plain={OURS: "category label"}),
    table("customers.Survey", plain={OURS: "name", WHEN: "opens_on closes_on made_at"}),
    table(
        "customers.SurveyInvitation",
        of={CUSTOMER: by("customer_id")},
        personal={"sent_to": blank(), "waived": blank(names=TEXT), "asked_at": kept(WHEN)},
        plain={CODES: "state", "a secret of the server, which tells nothing": "nonce", WHEN: "sent_at guessed_at"},
        untold=("nonce",),
    ),
    table(
        "customers.SurveyResponse",
        of={CUSTOMER: by("invitation__customer_id")},
        personal={"comment": blank(names=TEXT), "told_by": blank(names=NAME), "answered_at": kept(WHEN)},
        plain={CODES: "through"},
    ),
    table("customers.SurveyAnswer", of={CUSTOMER: by("response__invitation__customer_id")}),
    table("customers.ManagerGuess", of={CUSTOMER: by("invitation__customer_id")}),
]
