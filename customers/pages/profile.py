"""The whole profile of a customer: every field in its part, now or as it was known on a day, and what to ask next."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.facts import actions, reading
from customers.facts.completeness import Completeness, Gap, is_stale
from customers.facts.field import Field
from customers.facts.fields import ASKABLE, FIELDS, OWNER, PARTS, Asked, Part, groups_of
from customers.facts.forms import FactForm
from customers.facts.models import Fact
from customers.facts.rights import may_reveal
from customers.facts.words import shown
from customers.pages.filled import Filled, filled_in
from customers.pages.pastprofile import Basics, basics_on
from customers.profile.models import Customer

READS = 10
QUESTIONS = 3


@dataclass(slots=True)
class Row:
    """A field as the page shows it. shown is empty while it is masked or not known."""

    field: Field
    fact: Fact | None
    shown: str = ""
    masked: bool = False
    stale: bool = False
    may_change: bool = False

    @property
    def known(self) -> bool:
        return self.fact is not None


@dataclass(slots=True)
class Group:
    label: Any
    rows: list[Row]


@dataclass(slots=True)
class Block:
    part: Part
    groups: list[Group] = field(default_factory=list)
    filled: list[Filled] = field(default_factory=list)

    @property
    def known(self) -> int:
        return sum(row.known for group in self.groups for row in group.rows)

    @property
    def fields(self) -> int:
        return sum(len(group.rows) for group in self.groups)


@dataclass(slots=True)
class Rights:
    write: bool
    reveal: bool

    def change(self, known: Field) -> bool:
        return self.write and (self.reveal or not known.sensitive)


def _customer(request, pk) -> Customer:
    rows = Customer.objects.visible_to(request.user).select_related("region", "standing")
    return get_object_or_404(rows, pk=pk)


def _field(name: str) -> Field:
    if name not in FIELDS:
        raise Http404
    return FIELDS[name]


def tier_of(customer: Customer) -> str:
    standing = getattr(customer, "standing", None)
    return standing.tier if standing else ""


def row_of(known: Field, fact: Fact | None, rights: Rights, day: datetime.date) -> Row:
    masked = known.sensitive and fact is not None
    return Row(
        known,
        fact,
        "" if masked or fact is None else shown(known, fact.text),
        masked,
        is_stale(known.half_life, fact.noted_on if fact else None, day),
        rights.change(known),
    )


def blocks_of(facts: dict[str, Fact], rights: Rights, day: datetime.date) -> list[Block]:
    return [
        Block(
            part,
            [
                Group(label, [row_of(one, facts.get(one.key), rights, day) for one in fields])
                for label, fields in groups_of(part.key)
            ],
        )
        for part in PARTS
    ]


def _rights(request, customer) -> Rights:
    return Rights(request.user.may_write, may_reveal(request.user, customer))


def read_day(text: str) -> datetime.date | None:
    """A past day from a query; None for today, days to come and nonsense."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day < today() else None


@require_safe
@login_required
def profile(request, pk):
    """?on=2026-03-01 shows what was known at the end of that day, and changes nothing."""
    customer = _customer(request, pk)
    day = read_day(request.GET.get("on", ""))
    rights = _rights(request, customer)
    facts = reading.known_on(customer, day) if day else reading.current(customer)
    blocks = blocks_of(facts, Rights(False, False) if day else rights, day or today())
    basics: Basics | None = None
    if day:
        basics = basics_on(customer, day, request.user)
    else:
        next(one for one in blocks if one.part.key == "business").filled = filled_in(customer, today())
    complete = reading.completeness(customer, tier_of(customer), facts, day or today())
    context = {
        "customer": customer,
        "blocks": blocks,
        "day": day,
        "basics": basics,
        "complete": complete,
        "ask": None if day else question_of(request, customer, complete, facts, rights),
        "may_write": rights.write,
        "may_reveal": rights.reveal,
        "latest": today() - datetime.timedelta(days=1),
    }
    return render(request, "customers/facts/profile.html", context)


# --- the next best question -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Question:
    """What to ask next: its form; `skipped` are the fields put off, and `behind` how many questions wait.

    Without a form the answer is given on another page, at `address`.
    """

    field: Field | Asked
    form: FactForm | None
    gap: Gap
    skipped: str
    behind: int
    address: str = ""

    @property
    def gain(self) -> int:
        """What an answer adds, in whole percent, one at least."""
        return max(1, round(float(self.gap.gain) * 100))


def questions(complete: Completeness, rights: Rights, skipped: set[str]) -> list[Gap]:
    """The gaps this person may fill, the most worth first; the customer's own row is filled on its own form."""
    open_ones = [gap for gap in complete.gaps if gap.key not in skipped]
    return [
        gap
        for gap in open_ones
        if (rights.write if gap.key == OWNER.key else gap.key in FIELDS and rights.change(FIELDS[gap.key]))
    ]


def address_of(customer: Customer, key: str) -> str:
    """Where a question is answered: a fact on its own page, the owner by writing that person down."""
    if key == OWNER.key:
        return f"{reverse('customers:person-new')}?customer={customer.pk}"
    return reverse("customers:fact", args=[customer.pk, key])


def question_of(request, customer, complete: Completeness, facts, rights: Rights) -> Question | None:
    skipped = {one for one in request.GET.get("skip", "").split(",") if one in ASKABLE}
    open_ones = questions(complete, rights, skipped)
    if not open_ones:
        return None
    gap = open_ones[0]
    off, behind = ",".join(sorted({*skipped, gap.key})), len(open_ones) - 1
    if gap.key == OWNER.key:
        return Question(OWNER, None, gap, off, behind, address_of(customer, gap.key))
    form = FactForm(field=FIELDS[gap.key], fact=facts.get(gap.key), auto_id="ask-%s")
    return Question(FIELDS[gap.key], form, gap, off, behind)


@require_safe
@login_required
@vary_on_headers("HX-Request")
def ask(request, pk):
    """The next question alone, for the page that swaps it in; ?skip=field,field puts some off."""
    customer = _customer(request, pk)
    if not request.htmx:
        query = request.GET.urlencode()
        return redirect(reverse("customers:profile", args=[pk]) + (f"?{query}" if query else ""))
    return _ask_again(request, customer)


def _ask_again(request, customer, saved: Fact | None = None):
    """The question that follows, with the completeness as it is now; after an answer also its row, swapped in place."""
    rights = _rights(request, customer)
    facts = reading.current(customer)
    complete = reading.completeness(customer, tier_of(customer), facts, today())
    context = {
        "customer": customer,
        "complete": complete,
        "ask": question_of(request, customer, complete, facts, rights),
        "may_write": rights.write,
        "may_reveal": rights.reveal,
    }
    if saved is not None:
        known = FIELDS[saved.field]
        context["row"] = row_of(known, facts.get(saved.field), rights, today())
    return render(request, "customers/facts/_ask.html", context)


# --- one field ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@vary_on_headers("HX-Request")
def fact(request, pk, field):
    """A field's history with who read it, and the form that writes its next fact."""
    customer, known = _customer(request, pk), _field(field)
    rights = _rights(request, customer)
    if request.method == "POST":
        return _note(request, customer, known, rights)
    present = reading.current(customer).get(field)
    form = None
    if rights.change(known):
        text = "" if known.sensitive or present is None else present.text
        form = FactForm(field=known, fact=present, text=text, auto_id=f"{field}-%s")
    if request.htmx:
        row = row_of(known, present, rights, today())
        template = "customers/facts/_row_form.html" if form and "edit" in request.GET else "customers/facts/_row.html"
        return render(request, template, {"customer": customer, "row": row, "form": form, "may_reveal": rights.reveal})
    return _field_page(request, customer, known, rights, form)


def _field_page(request, customer, known: Field, rights: Rights, form, *, differing=None, status: int = 200):
    past = reading.history(customer, known.key)
    rows = [row_of(known, one, rights, today()) for one in past]
    for row in rows:
        row.stale = row.stale and row.fact is not None and row.fact.is_current
    context = {
        "customer": customer,
        "field": known,
        "form": form,
        "rows": rows,
        "differing": differing,
        "reads": _reads(customer, known) if known.sensitive and rights.reveal else [],
        "may_reveal": rights.reveal,
        "may_write": rights.write,
    }
    return render(request, "customers/facts/field.html", context, status=status)


def _reads(customer, known: Field) -> list[AuditEntry]:
    """Who read a sensitive field and when, the latest first."""
    entries = AuditEntry.objects.of(customer).filter(action="fact.read", changes__field=known.key)
    return list(entries.order_by("-pk")[:READS])


def _note(request, customer, known: Field, rights: Rights):
    if not rights.change(known):
        raise PermissionDenied(
            _("Your role reads customers and changes none.")
            if not rights.write
            else _("Sensitive facts are written by the manager in charge, their heads and administrators.")
        )
    asked = request.POST.get("then") == "ask"
    forgetting = "forget" in request.POST
    auto_id = "ask-%s" if asked else f"{known.key}-%s"
    form = FactForm(request.POST, field=known, forgetting=forgetting, auto_id=auto_id)
    if form.is_valid():
        try:
            saved = actions.note_fact(
                customer=customer,
                field=known.key,
                value="" if forgetting else form.text,
                by=request.user,
                origin=form.origin(),
                seen=form.cleaned_data.get("seen"),
            )
        except ValidationError as refusal:
            if getattr(refusal, "code", None) == "conflict":
                return _conflict(request, customer, known, rights, form)
            form.add_error(None, refusal)
        else:
            return _saved(request, customer, known, rights, saved, asked)
    if request.htmx and asked:
        question = Question(known, form, Gap(known.key, 0, False), known.key, 0)  # type: ignore[arg-type]
        context = {"customer": customer, "ask": question, "may_write": True}
        return render(request, "customers/facts/_question.html", context, status=422)
    if request.htmx:
        row = row_of(known, reading.current(customer).get(known.key), rights, today())
        context = {"customer": customer, "row": row, "form": form, "may_reveal": rights.reveal}
        return render(request, "customers/facts/_row_form.html", context, status=422)
    return _field_page(request, customer, known, rights, form, status=422)


def _saved(request, customer, known, rights, saved, asked):
    if request.htmx and asked:
        return _ask_again(request, customer, saved)
    if request.htmx:
        facts = reading.current(customer)
        row = row_of(known, facts.get(known.key), rights, today())
        complete = reading.completeness(customer, tier_of(customer), facts, today())
        context = {"customer": customer, "row": row, "complete": complete, "may_reveal": rights.reveal}
        return render(request, "customers/facts/_row.html", context)
    if asked:
        return redirect("customers:profile", pk=customer.pk)
    return redirect(reverse("customers:profile", args=[customer.pk]) + f"#fact-{known.key}")


def _conflict(request, customer, known: Field, rights: Rights, form: FactForm):
    """Both values side by side; sending the form again from here is a choice made knowing the other's."""
    present = reading.current(customer).get(known.key)
    theirs = (
        actions.read_fact(fact=present, by=request.user, why=_("seen beside one's own"))
        if (present is not None and known.sensitive)
        else (present.text if present else "")
    )
    differing = {"fact": present, "theirs": shown(known, theirs), "mine": shown(known, form.text)}
    data = form.data.copy()
    data["seen"] = present.pk if present else 0
    data["then"] = ""
    again = FactForm(data, field=known, fact=present, auto_id=f"{known.key}-%s")
    if not request.htmx:
        return _field_page(request, customer, known, rights, again, differing=differing, status=409)
    row = row_of(known, present, rights, today())
    context = {"customer": customer, "row": row, "form": again, "differing": differing, "may_reveal": rights.reveal}
    response = render(request, "customers/facts/_row_form.html", context, status=409)
    # Also after a question: the difference is shown in the field's own row.
    response["HX-Retarget"], response["HX-Reswap"] = f"#fact-{known.key}", "outerHTML show:top"
    return response


@require_POST
@login_required
def reveal(request, pk, field):
    """Show one sensitive fact; that it was read is written down."""
    customer, known = _customer(request, pk), _field(field)
    if not may_reveal(request.user, customer):
        raise PermissionDenied(_("Sensitive facts are for the manager in charge, their heads and administrators."))
    rows = Fact.objects.visible_to(request.user).filter(customer=customer, field=field)
    wanted = request.POST.get("fact", "")
    found = (
        rows.filter(pk=int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else rows.current()
    )
    one = get_object_or_404(found.select_related("author", "customer"))
    text = actions.read_fact(fact=one, by=request.user)
    row = row_of(known, one, _rights(request, customer), today())
    row.shown, row.masked = shown(known, text), False
    context = {"customer": customer, "row": row, "may_reveal": True, "history": bool(wanted)}
    if request.htmx:
        return render(request, "customers/facts/_past.html" if wanted else "customers/facts/_row.html", context)
    return render(request, "customers/facts/revealed.html", context)
