"""What of slumps is personal: what was heard and written down. That a shop sold less on some days stays."""

from __future__ import annotations

from crm.privacy import CUSTOMER, TEXT, blank, by, pseudonym, table

WORKED_OUT = "worked out from sales"
WORDS = "the brand's own words and days"
WHEN = "when a colleague did something, without what was said, tells nothing"


def why(row) -> str:
    """It may not be empty where it is the reason for a dismissal."""
    return f"#{row.pk}" if row.dismissed_for else ""


RULES = [
    table(
        "customers.SlumpAlert",
        of={CUSTOMER: by("customer_id")},
        personal={"note": blank(names=TEXT), "dismissed_for": pseudonym(why, names=TEXT)},
        plain={
            WORKED_OUT: "kind state first_day third_day last_day closed_on as_of sensitivity evidence found_at",
            WHEN: "called_at diagnosed_at planned_at dismissed_at",
        },
    ),
    table("customers.SlumpCause", plain={WORDS: "code name name_zh_hans name_zh_hant"}),
    table("customers.BrandDay", plain={WORDS: "day kind name"}),
    table("customers.SchoolHoliday", plain={WORDS: "first_day last_day name"}),
    table("customers.NetworkDay", plain={WORKED_OUT: "day"}),
    table("customers.SlumpSetting", plain={WORDS: "sensitivity as_of changed_at"}),
    table("customers.SlumpState", plain={WORKED_OUT: "as_of rule made_at"}),
]
