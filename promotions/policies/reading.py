"""Notices as they stand: how many have read, understood, agreed and done, where it sticks, and at whom."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from customers.profile.models import Customer
from promotions.policies.answer_models import Answer, NoticeAnswer, NoticeDelivery, NoticeMark, NoticeQuestion
from promotions.policies.models import Notice, NoticeClause, NoticeVersion
from promotions.policies.texts import ClauseChange, changes

STICKS = (Answer.UNCLEAR, Answer.CANNOT, Answer.PROPOSE)
SHOWN = 3
"""Words of customers shown at each clause."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of the customers in somebody's reach. Read, understood and done are three things: none stands for another."""

    told: int = 0
    read: int = 0
    understood: int = 0
    agreed: int = 0
    unclear: int = 0
    cannot: int = 0
    propose: int = 0
    done: int = 0
    late: int = 0

    @property
    def silent(self) -> int:
        return self.told - self.agreed - self.unclear - self.cannot - self.propose

    @property
    def read_share(self) -> int:
        """Percent of those told."""
        return round(100 * self.read / self.told) if self.told else 0


_READ = Q(read_at__isnull=False) | ~Q(answer="")
_UNDERSTOOD = Q(answer__in=[Answer.AGREE, Answer.CANNOT, Answer.PROPOSE])


def _counts(day: datetime.date) -> dict[str, Count]:
    return {
        "told": Count("pk"),
        "read": Count("pk", filter=_READ),
        "understood": Count("pk", filter=_UNDERSTOOD),
        "agreed": Count("pk", filter=Q(answer=Answer.AGREE)),
        "unclear": Count("pk", filter=Q(answer=Answer.UNCLEAR)),
        "cannot": Count("pk", filter=Q(answer=Answer.CANNOT)),
        "propose": Count("pk", filter=Q(answer=Answer.PROPOSE)),
        "done": Count("pk", filter=Q(done_on__isnull=False)),
        "late": Count("pk", filter=Q(answer="", answer_by__lt=day)),
    }


def notices(user) -> QuerySet[Notice]:
    """With what a list shows of them."""
    rows = Notice.objects.visible_to(user).select_related("current__notice", "made_by")
    return rows.prefetch_related(Prefetch("versions", NoticeVersion.objects.select_related("notice")))


def standings(user, ids: Iterable[int], day: datetime.date) -> dict[int, Standing]:
    """{notice: how it stands among those in reach}; one statement."""
    rows = NoticeDelivery.objects.visible_to(user).counting().filter(notice_id__in=list(ids)).order_by()
    found = rows.values("notice_id").annotate(**_counts(day))
    return {one.pop("notice_id"): Standing(**one) for one in found}


def by_tier(user, notice: Notice, day: datetime.date) -> list[tuple[str, Standing]]:
    """Tier by tier, '' for those without; one statement."""
    rows = NoticeDelivery.objects.visible_to(user).counting().filter(notice=notice).order_by()
    found = rows.values("customer__standing__tier").annotate(**_counts(day))
    tiers = [(one.pop("customer__standing__tier") or "", Standing(**one)) for one in found]
    return sorted(tiers, key=lambda pair: pair[0] or "Z")


def by_region(user, notice: Notice, day: datetime.date) -> list[tuple[str, Standing]]:
    rows = NoticeDelivery.objects.visible_to(user).counting().filter(notice=notice).order_by()
    found = rows.values("customer__region__name").annotate(**_counts(day))
    regions = [(one.pop("customer__region__name"), Standing(**one)) for one in found]
    return sorted(regions, key=lambda pair: (-pair[1].late, -pair[1].silent, pair[0]))


# --- who ----------------------------------------------------------------------------------------------------------

WHO = {
    "silent": Q(answer=""),
    "unread": Q(answer="", read_at__isnull=True),
    "agree": Q(answer=Answer.AGREE),
    "unclear": Q(answer=Answer.UNCLEAR),
    "cannot": Q(answer=Answer.CANNOT),
    "propose": Q(answer=Answer.PROPOSE),
    "undone": Q(done_on__isnull=True),
    "done": Q(done_on__isnull=False),
    "joined": Q(joined=True),
}


def deliveries(user, notice: Notice, who: str = "") -> QuerySet[NoticeDelivery]:
    """With customer and tier; who: a key of WHO, '' for all."""
    rows = NoticeDelivery.objects.visible_to(user).counting().filter(notice=notice)
    rows = rows.filter(WHO[who]) if who in WHO else rows
    return rows.select_related("customer__standing", "version")


def of_customer(user, customer: Customer) -> QuerySet[NoticeDelivery]:
    """What the customer was told, the latest first."""
    rows = NoticeDelivery.objects.visible_to(user).counting().filter(customer=customer)
    return _with_words(rows).order_by("-pk")


def _with_words(rows: QuerySet[NoticeDelivery]) -> QuerySet[NoticeDelivery]:
    return rows.select_related("notice", "version__notice", "customer__standing")


def one(user) -> QuerySet[NoticeDelivery]:
    return _with_words(NoticeDelivery.objects.visible_to(user).counting())


def answers_of(delivery: NoticeDelivery) -> list[NoticeAnswer]:
    """The latest first, with the clauses at which they stick. Of a delivery that came through `visible_to`."""
    marks = NoticeMark.objects.select_related("clause__version__notice").order_by("clause__position")
    rows = NoticeAnswer.objects.filter(delivery=delivery).select_related("by", "version")
    return list(rows.prefetch_related(Prefetch("marks", marks)).order_by("-pk"))


def questions_of(delivery: NoticeDelivery) -> list[NoticeQuestion]:
    rows = NoticeQuestion.objects.filter(delivery=delivery).select_related("owner", "replied_by", "by", "clause")
    return list(rows.order_by("pk"))


# --- where it sticks ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Clause:
    """A clause of the version in force with what customers, in reach, say about it now."""

    clause: NoticeClause
    unclear: int = 0
    cannot: int = 0
    propose: int = 0
    questions: int = 0
    words: list[tuple[Customer, str, str]] = field(default_factory=list)  # (customer, what they say, in their words)

    @property
    def stuck(self) -> int:
        return self.unclear + self.cannot + self.propose


def clauses(user, notice: Notice) -> list[Clause]:
    """In the order of the notice. Of each customer the last answer to the version in force counts. Three statements."""
    if notice.current_id is None:
        return []
    rows = NoticeClause.objects.filter(version_id=notice.current_id).select_related("version__notice")
    found = {one.pk: Clause(one) for one in rows.order_by("position")}
    marks = NoticeMark.objects.visible_to(user).filter(
        clause__in=list(found),
        answer__version_id=notice.current_id,
        answer__pk__in=_last_answers(notice),
        answer__delivery__set_aside=False,
    )
    for mark in marks.select_related("answer__delivery__customer").order_by("-pk"):
        held = found[mark.clause_id]
        setattr(held, mark.says, getattr(held, mark.says) + 1)
        if mark.text and len(held.words) < SHOWN:
            held.words.append((mark.answer.delivery.customer, mark.get_says_display(), mark.text))
    asked = NoticeQuestion.objects.visible_to(user).filter(clause__in=list(found), delivery__set_aside=False)
    for pk, n in asked.order_by().values_list("clause_id").annotate(n=Count("pk")):
        found[pk].questions = n
    return list(found.values())


def _last_answers(notice: Notice):
    """The keys of the last answer of each customer to the version in force."""
    rows = NoticeAnswer.objects.filter(delivery__notice=notice, version_id=notice.current_id)
    return rows.order_by().values("delivery_id").annotate(last=Max("pk")).values("last")


def reasons(user, notice: Notice) -> list[tuple[str, int]]:
    """Why it cannot be done, the most frequent first; one statement."""
    rows = NoticeAnswer.objects.visible_to(user).filter(
        pk__in=_last_answers(notice), answer=Answer.CANNOT, delivery__set_aside=False
    )
    found = rows.order_by().values_list("reason").annotate(n=Count("pk"))
    return sorted(found, key=lambda pair: -pair[1])


def words(user, notice: Notice, most: int = 20) -> list[NoticeAnswer]:
    """What those who do not agree say, the latest first."""
    rows = NoticeAnswer.objects.visible_to(user).filter(
        pk__in=_last_answers(notice), answer__in=STICKS, delivery__set_aside=False
    )
    return list(rows.exclude(text="").select_related("delivery__customer").order_by("-pk")[:most])


def open_questions(user, notice: Notice | None = None) -> QuerySet[NoticeQuestion]:
    rows = NoticeQuestion.objects.visible_to(user).open()
    if notice is not None:
        rows = rows.filter(delivery__notice=notice)
    return rows.select_related("delivery__customer", "delivery__version__notice", "owner", "clause")


# --- versions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compared:
    """One version against the one before, clause by clause, with what changed in title, intro and task."""

    version: NoticeVersion
    before: NoticeVersion | None
    clauses: list[ClauseChange]
    parts: list[tuple[str, list[ClauseChange]]]

    @property
    def changed(self) -> int:
        return sum(1 for one in self.clauses if one.kind != "same" or one.moved)


def compared(version: NoticeVersion, before: NoticeVersion | None) -> Compared:
    """In the language of the page. Of versions that came through `visible_to`, with their clauses."""
    new = [(one.key, one.text) for one in _clauses(version)]
    old = [(one.key, one.text) for one in _clauses(before)] if before else new
    parts = []
    for name in ("title", "intro", "task"):
        now_said, then = version.said(name), before.said(name) if before else version.said(name)
        if now_said or then:
            old_part, new_part = ([(1, text)] if text else [] for text in (then, now_said))
            parts.append((name, changes(old_part, new_part)))
    return Compared(version, before, changes(old, new), parts)


def _clauses(version: NoticeVersion) -> list[NoticeClause]:
    found = list(version.clauses.all())
    for one in found:
        one.version = version  # which knows its notice: no statement a clause
    return found


# --- for dealers --------------------------------------------------------------------------------------------------


def for_dealer(customer: Customer) -> QuerySet[NoticeDelivery]:
    """What a signed-in dealer may read: of their shop, sent and not withdrawn."""
    return _with_words(NoticeDelivery.objects.of_sent().filter(customer=customer))


def waiting_for(customer: Customer) -> QuerySet[NoticeDelivery]:
    """Unanswered ones first due first, for their home."""
    return for_dealer(customer).unanswered().order_by("answer_by", "pk")


def to_do_for(customer: Customer) -> QuerySet[NoticeDelivery]:
    """What they agreed to and have not done yet."""
    rows = for_dealer(customer).filter(answer=Answer.AGREE, notice__asks_doing=True, done_on__isnull=True)
    return rows.order_by("notice__do_by", "pk")


def grouped(rows: Iterable[NoticeDelivery]) -> dict[int, list[NoticeDelivery]]:
    found: dict[int, list[NoticeDelivery]] = defaultdict(list)
    for row in rows:
        found[row.customer_id].append(row)
    return found


def unread_of_many(user, ids: Iterable[int]) -> dict[int, list[NoticeDelivery]]:
    """{customer: what was sent and not answered, due first}; one statement."""
    rows = NoticeDelivery.objects.visible_to(user).of_sent().unanswered().filter(customer_id__in=list(ids))
    return grouped(rows.select_related("notice", "version__notice").order_by("answer_by", "pk"))
