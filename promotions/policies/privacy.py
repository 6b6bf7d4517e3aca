"""What of notices is personal: what customers wrote in words, and by whom. What we announce is ours."""

from __future__ import annotations

from crm.privacy import CUSTOMER, NAME, TEXT, blank, by, kept, table

CODES = "a choice of our own words"
WHEN = "when, without who or what, tells nothing"
OURS = "what we tell everybody"


RULES = [
    table(
        "promotions.Notice",
        plain={
            OURS: "kind language audience withdrawn_why state",
            WHEN: "answer_by do_by send_on sent_at withdrawn_at made_at",
        },
    ),
    table("promotions.NoticeVersion", plain={OURS: "texts changed", WHEN: "made_at published_at"}),
    table("promotions.NoticeClause", plain={OURS: "texts"}),
    table("promotions.NoticeFile", plain={OURS: "title name content_type sha256 file", WHEN: "added_at"}),
    table(
        "promotions.NoticeDelivery",
        of={CUSTOMER: by("customer_id")},
        personal={"done_told_by": blank(names=NAME), "told_at": kept(WHEN)},
        plain={CODES: "answer read_through", WHEN: "read_at answered_at answer_by done_on reminded_at"},
    ),
    table(
        "promotions.NoticeAnswer",
        of={CUSTOMER: by("delivery__customer_id")},
        personal={"text": blank(names=TEXT), "told_by": blank(names=NAME), "at": kept(WHEN)},
        plain={CODES: "answer reason through"},
    ),
    table(
        "promotions.NoticeMark",
        of={CUSTOMER: by("answer__delivery__customer_id")},
        personal={"text": blank(names=TEXT)},
        plain={CODES: "says"},
    ),
    table(
        "promotions.NoticeQuestion",
        of={CUSTOMER: by("delivery__customer_id")},
        personal={
            "text": blank(names=TEXT),
            "told_by": blank(names=NAME),
            "reply": blank(names=TEXT),
            "asked_at": kept(WHEN),
        },
        plain={CODES: "through", WHEN: "due_on replied_at"},
    ),
]
