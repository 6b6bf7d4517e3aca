"""What is known of each option before it is tried: measured on other companies' data, or not at all."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ELSEWHERE = _("measured on other companies’ data")
MEASURED = {
    "stability_band": _(
        "With the band 0.50 % of A is replaced a month, without it 1.30 %; A then brings 69.9 % of the next year’s"
        " sales instead of 70.0 %. On customers kept apart for checking: 0.52 % against 1.71 %."
    ),
    "b_judged_yearly": _(
        "Judged every month, the test of growth throws out 27.6 % of B a month. Of those who grew by 10 % in two years,"
        " 38.6 % do so in the next; of all customers 31.2 % do."
    ),
    "part_years": _(
        "After two months of business 54 % of those projected into A are A in their second year, after three 58 %,"
        " after six 71 %, after nine 76 %: hence six months."
    ),
    "ranked_over": _(
        "A shorter window replaces more of A each month: 3 months 5.1 %, 12 months 1.30 %, 24 months 0.89 %, the"
        " calendar year 0.52 %. Of the next year’s sales A then brings 70.2 %, 70.0 %, 69.4 % and 68.7 %."
    ),
}
UNMEASURED = {
    "absolute_cutoff": _(
        "A share makes so many customers A even in a bad year, an amount does not; prices that rise lift everybody"
        " over it. Not measured."
    ),
    "rank_within": _(
        "Each region has its own best customers, so a strong region loses places to a weak one. Not measured: see the"
        " fairness by region."
    ),
}
