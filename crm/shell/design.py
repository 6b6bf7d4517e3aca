"""The component page: every piece in all its states, with made-up figures. Only where DEBUG is on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crm.jobs.models import Job
from crm.shell.icons import NAMES, OWN

# fmt: off
SWATCHES = (
    "canvas", "surface", "sunken", "hover", "press", "line", "line-2", "line-3", "text", "text-2", "text-3", "accent",
    "accent-soft", "accent-line", "ok", "ok-soft", "warn", "warn-soft", "bad", "bad-soft", "info", "info-soft", "a-bg",
    "b-bg", "c1", "c2", "c3", "c4", "c5",
)
# fmt: on


class SampleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=40, help_text=gettext_lazy("As on the shop sign."))
    phone = forms.CharField(label=gettext_lazy("Phone"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("agent", gettext_lazy("Agent")), ("shop", gettext_lazy("Franchisee"))]
    )
    opened = forms.DateField(
        label=gettext_lazy("Opened on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    remark = forms.CharField(label=gettext_lazy("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me about"),
        required=False,
        choices=[("imports", gettext_lazy("Imports")), ("tiers", gettext_lazy("Tiers"))],
        widget=forms.CheckboxSelectMultiple,
    )
    shared = forms.BooleanField(label=gettext_lazy("Colleagues may see it"), required=False)


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Drop a file here, or choose one"))


@dataclass
class Sample:
    name: str
    city: str
    tier: str
    sales: Decimal
    growth: Decimal | None
    months: list[int]
    owner: str


SAMPLES = [
    Sample("南京嘉和商贸有限公司", "南京市", "A", Decimal(3331180), Decimal("-0.09"), [9, 7, 8, 6, 7, 6, 5], "林岚"),
    Sample("苏州观前街优品", "苏州市", "B", Decimal(105800), Decimal("0.119"), [3, 4, 3, 5, 6, 6, 7, 8], "周启明"),
    Sample(
        "恩施土家族苗族自治州众诚商贸有限公司",
        "恩施土家族苗族自治州",
        "C",
        Decimal(20380),
        Decimal("0.004"),
        [4, 5, 4, 5, 4, 5, 4, 5],
        "何佳",
    ),
    Sample("Harbour 家居生活", "上海市", "", Decimal(980), None, [], "Tao"),
]


def _jobs() -> list[dict]:
    moment = timezone.now()
    rows = [
        Job(pk=1, kind="sample", title=_("Import sales-2026.xlsx"), state=Job.State.QUEUED),
        Job(
            pk=2,
            kind="sample",
            title=_("Import sales-2026.xlsx"),
            state=Job.State.RUNNING,
            done_units=16_388,
            total_units=48_200,
            started_at=moment - datetime.timedelta(seconds=6),
        ),
        Job(pk=3, kind="sample", title=_("Recompute the tiers"), state=Job.State.RUNNING, message=_("Reading months")),
        Job(pk=4, kind="sample", title=_("Recompute the tiers"), state=Job.State.DONE, finished_at=moment),
        Job(
            pk=5,
            kind="sample",
            title=_("Export customers"),
            state=Job.State.FAILED,
            done_units=30,
            total_units=100,
            error=_("The disk is full."),
            finished_at=moment,
        ),
        Job(pk=6, kind="sample", title=_("Export customers"), state=Job.State.STOPPED, finished_at=moment),
    ]
    return [{"job": job, "result_url": "/" if job.state == Job.State.DONE else None} for job in rows]


def _months() -> list[dict]:
    this = [648, 872, 571, 660, 722, 758, 655, 704, 809, 878, 640, None]
    last = [585, 806, 540, 632, 650, 700, 615, 680, 730, 806, 812, 760]
    return [
        {
            "label": str(n),
            "title": f"2026-{n:02}",
            "value": None if value is None else Decimal(value * 10_000),
            "reference": Decimal(before * 10_000),
            "part": n == 11,
        }
        for n, (value, before) in enumerate(zip(this, last), 1)
    ]


def _days(count: int) -> list[dict]:
    start, points = datetime.date(2026, 1, 1), []
    for n in range(count):
        day = start + datetime.timedelta(days=n)
        value = 9000 + 2600 * (day.weekday() >= 5) + (n * 37 % 1900) + (5200 if 44 < n < 54 else 0)
        missing = 118 <= n < 124
        label = day.strftime("%m") if day.day == 1 else ""
        points.append({"title": day.isoformat(), "label": label, "value": None if missing else Decimal(value)})
    return points


def _charts() -> dict:
    tiers = [
        SimpleNamespace(label=_("Tier %(letter)s") % {"letter": letter}, value=Decimal(value), tone=tone)
        for letter, value, tone in (
            ("A", 7_240_000, "tier-a"),
            ("B", 1_020_000, "tier-b"),
            ("C", 1_740_000, "tier-c"),
        )
    ]
    flows = [("A", "A", 148), ("A", "C", 8), ("B", "B", 61), ("B", "A", 5), ("B", "C", 24), ("C", "C", 301)]
    flows += [("C", "A", 3), ("C", "B", 29), ("", "C", 21), ("C", "", 9)]
    return {
        "months": _months(),
        "signed": [{"label": w, "value": v} for w, v in zip("一二三四五六", (320, -90, 150, 0, -210, 260))],
        "days": _days(365),
        "few_days": _days(30),
        "tiers": tiers,
        "shares": [100_000 / (rank**0.9) for rank in range(1, 601)],
        "flows": [{"source": s, "target": t, "count": n} for s, t, n in flows],
    }


@require_safe
@login_required
def page(request):
    if not settings.DEBUG:
        raise Http404
    if "toast" in request.GET:
        messages.success(request, _("Moved to Thursday."), extra_tags="undo=/design/")
        messages.warning(request, _("Two rows were left out."))
        messages.error(request, _("The file could not be read."))
    filters = [
        {"label": _("Tier"), "name": "tier", "value": "A", "shown": "A", "choices": [(c, c) for c in "ABC"]},
        {"label": _("Region"), "name": "region", "value": "", "shown": "", "choices": [("east", _("East"))]},
    ]
    context = {
        "swatches": SWATCHES,
        "icons": sorted(NAMES | OWN),
        "form": SampleForm(initial={"name": "南京嘉和"}),
        "wrong": SampleForm({"wrong-name": "", "wrong-kind": "none", "wrong-opened": "soon"}, prefix="wrong"),
        "file_form": FileForm(),
        "samples": SAMPLES,
        "jobs": _jobs(),
        "filters": filters,
        "columns": [{"key": "city", "label": _("City"), "shown": True}, {"key": "owner", "label": _("Manager")}],
        "steps": [
            {"label": _("File"), "state": "done"},
            {"label": _("Columns"), "state": "now"},
            {"label": _("Check"), "state": ""},
        ],
        "bulk": [{"label": _("Assign"), "icon": "user-check", "name": "do", "value": "assign"}],
        **_charts(),
    }
    return render(request, "shell/design.html", context)
