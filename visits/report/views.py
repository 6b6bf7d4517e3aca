"""Pages of reports: writing one in the shop, one of them, changing and adding to it, and those of a customer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.clock import today
from customers.profile.doors import customer_of, edits, flaws_of, number_of, refuse_readers
from customers.profile.models import Customer
from customers.promises.keeping import usual_days
from visits.plan.models import PlannedVisit
from visits.plan.reading import with_goals
from visits.plan.visiting import refuse_form
from visits.report import actions, photos, reading
from visits.report.checkin import RADIUS_M
from visits.report.forms import AdditionForm, ChangeForm, PhotosForm, ReportForm
from visits.report.models import VisitReport


def _visit(request, pk) -> PlannedVisit:
    rows = with_goals(PlannedVisit.objects.visible_to(request.user).select_related("customer__standing", "visitor"))
    return get_object_or_404(rows, pk=pk)


def _report(request, pk) -> VisitReport:
    """By its visit."""
    rows = reading.whole(reading.rows_for(request.user), request.user)
    return get_object_or_404(rows, visit_id=pk)


@require_safe
@login_required
def report(request, pk):
    one = _report(request, pk)
    context = {
        "one": one,
        "visit": one.visit,
        "customer": one.visit.customer,
        "sees_customer": Customer.objects.visible_to(request.user).filter(pk=one.visit.customer_id).exists(),
        "private": reading.private_part(one, request.user),
        "radius": RADIUS_M,
        "may_write": request.user.may_write,
        "may_change": actions.may_change(one, request.user),
        "addition": AdditionForm(),
        "photos_form": PhotosForm(auto_id="more-%s"),
    }
    return render(request, "visits/report/detail.html", context)


@edits
@login_required
def new(request, pk=None):
    """Of a visit, or ?customer=ID of one that nobody planned. As a page; or sent by script, which wants JSON."""
    visit = _visit(request, pk) if pk is not None else None
    customer = visit.customer if visit is not None else _asked_for(request)
    refuse_readers(request)
    if customer is None:
        messages.info(request, _("Choose whom to visit: open a customer, or tick some in the list."))
        return redirect("customers:list")
    if request.method != "POST" and visit is not None and visit.is_reported:
        return redirect("visits:report", pk=pk)
    if visit is not None:
        refuse_form(request, visit)
    form = ReportForm(request.POST or None, request.FILES or None, by=request.user, customer=customer, visit=visit)
    wants_json = request.headers.get("Accept") == "application/json"
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.file_report(customer=customer, by=request.user, **form.values())
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            return _filed(request, made, form.cleaned_data["photos"] or [], wants_json)
    if wants_json and request.method == "POST":
        return _refused(form, visit, customer)
    labels = {"tomorrow": _("tomorrow"), "week": _("in a week"), "month": _("end of the month")}
    sees = visit is None or Customer.objects.visible_to(request.user).filter(pk=customer.pk).exists()
    context = {
        "visit": visit,
        "customer": customer,
        "sees_customer": sees,
        "form": form,
        "open_issues": reading.open_issues(request.user, customer),
        "radius": RADIUS_M,
        "days": [(day.isoformat(), labels[name]) for name, day in usual_days(today()).items()],
    }
    return render(request, "visits/report/new.html", context, status=422 if form.errors else 200)


def _asked_for(request) -> Customer | None:
    number = number_of(request.GET.get("customer", ""))
    if number is None:
        return None
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("standing"), pk=number)


def _add(form, refusal: ValidationError) -> None:
    """What the action says of no one field of the form stands on top of it."""
    for name, flaws in getattr(refusal, "error_dict", {None: refusal}).items():
        form.add_error(name if name in form.fields else None, flaws)


_OVERTAKEN = {"over", "reported", "used"}


def _refused(form, visit: PlannedVisit | None, customer: Customer) -> JsonResponse:
    """422 for what its author puts right; 409 where the visit was called off or reported meanwhile, with ways on."""
    errors = {name: [str(one) for one in flaws] for name, flaws in form.errors.items()}
    codes = {flaw.code for flaws in form.errors.as_data().values() for flaw in flaws}
    if not codes & _OVERTAKEN:
        return JsonResponse({"errors": errors}, status=422)
    ways: list[dict] = []
    if visit is not None and "reported" in codes:
        ways.append({"label": _("Open the report"), "url": reverse("visits:report", args=[visit.pk])})
    elif visit is not None and "over" in codes:
        again = f"{reverse('visits:report-unplanned')}?customer={customer.pk}"
        ways.append({"label": _("Report it as a visit that nobody planned"), "url": again, "back": True})
    return JsonResponse({"errors": errors, "ways": ways}, status=409)


def _filed(request, made: VisitReport, files, wants_json: bool):
    text = _("The visit to %(name)s is reported.") % {"name": made.visit.customer.name}
    refused = photos.bring(report=made, files=files, by=request.user) if files else []
    # A page that stays as it is tells of it by script.
    if not (wants_json and request.headers.get("X-Stay")):
        messages.success(request, text)
        for line in refused:
            messages.error(request, line)
    url = reverse("visits:report", args=[made.visit_id])
    if wants_json:
        answer = {
            "id": made.pk,
            "text": text,
            "url": url,
            "photos": reverse("visits:report-photos", args=[made.visit_id]),
        }
        return JsonResponse(answer, status=201)
    return redirect(url)


@edits
@login_required
def edit(request, pk):
    one = _report(request, pk)
    refuse_readers(request)
    if not actions.may_change(one, request.user):
        raise PermissionDenied(_("A report is changed by its author within a day; after that, add to it."))
    customer = one.visit.customer
    form = ChangeForm(request.POST or None, by=request.user, customer=customer, visit=one.visit, report=one)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_report(report=one, by=request.user, version=form.cleaned_data["version"], **form.values())
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("visits:report", pk=pk)
    context = {"one": one, "visit": one.visit, "customer": customer, "form": form}
    return render(request, "visits/report/edit.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def add(request, pk):
    one = _report(request, pk)
    refuse_readers(request)
    form = AdditionForm(request.POST)
    if form.is_valid():
        try:
            actions.add_to(report=one, text=form.cleaned_data["text"], by=request.user)
        except ValidationError as refusal:
            messages.error(request, flaws_of(refusal))
        else:
            messages.success(request, _("Added."))
    else:
        messages.error(request, " ".join(str(flaw) for flaws in form.errors.values() for flaw in flaws))
    return redirect("visits:report", pk=pk)


@require_POST
@login_required
def bring_photos(request, pk):
    one = _report(request, pk)
    refuse_readers(request)
    form = PhotosForm(request.POST, request.FILES)
    wrong = []
    if form.is_valid():
        wrong = photos.bring(report=one, files=form.cleaned_data["photos"] or [], by=request.user)
    else:
        wrong = [str(flaw) for flaws in form.errors.values() for flaw in flaws]
    wants_json = request.headers.get("Accept") == "application/json"
    for line in [] if wants_json and request.headers.get("X-Stay") else wrong:
        messages.error(request, line)
    if wants_json:
        return JsonResponse({"errors": wrong}, status=422 if wrong else 201)
    return redirect("visits:report", pk=pk)


@require_safe
@login_required
def customer_reports(request, pk):
    """?before= the key of the report to go on from."""
    customer = customer_of(request, pk)
    rows = reading.rows_for(request.user).filter(visit__customer=customer)
    number = number_of(request.GET.get("before", ""))
    before = rows.filter(pk=number).first() if number is not None else None
    found, more = reading.page_of(rows, before)
    context = {
        "customer": customer,
        "reports": found,
        "more": more,
        "may_write": request.user.may_write,
    }
    return render(request, "visits/report/customer.html", context)
