"""The shape of what people enter about promotions; whether it may be is for the actions to say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.accounts.models import User
from crm.clock import today
from customers.profile.forms import DayInput
from promotions.calculator.models import PromotionKind
from promotions.policies.forms import AudienceForm
from promotions.rollout.models import LONGEST, Answer, Compliance, Promotion


class PromotionForm(forms.Form):
    """What is done, when, with what."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label=_("What it is called"), max_length=80)
    code = forms.SlugField(label=_("Code"), max_length=30, help_text=_("Short, for files and reports; it stays."))
    kind = forms.ChoiceField(label=_("Kind"), choices=PromotionKind.choices)
    goods = forms.CharField(label=_("Goods"), required=False, max_length=80)
    mechanics = forms.CharField(label=_("How it goes"), max_length=LONGEST, widget=forms.Textarea({"rows": 3}))
    starts_on = forms.DateField(label=_("Starts on"), widget=DayInput())
    ends_on = forms.DateField(label=_("Ends on"), widget=DayInput())
    answer_by = forms.DateField(label=_("Answer by"), widget=DayInput())
    cost_each = forms.DecimalField(
        label=_("What one customer may cost us"),
        required=False,
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        help_text=_("Reserved in the budgets when they are asked, and committed when they take part."),
    )
    materials = forms.CharField(
        label=_("Materials for each"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line, the number of pieces first: 4 posters"),
    )
    checklist = forms.CharField(
        label=_("What is looked at in the shop"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("One a line, twelve at most."),
    )

    def clean_materials(self) -> list[dict[str, Any]]:
        found = []
        for line in self.cleaned_data["materials"].splitlines():
            number, _blank, name = line.strip().partition(" ")
            if not line.strip():
                continue
            if not (number.isascii() and number.isdigit() and len(number) < 7 and name.strip()):
                raise forms.ValidationError(_("Write the number of pieces first, then what: 4 posters"))
            found.append({"name": name.strip(), "quantity": int(number)})
        return found

    def clean_checklist(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["checklist"].splitlines() if line.strip()]

    def values(self) -> dict[str, Any]:
        found = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "cost_each" in found:
            found["cost_each"] = found["cost_each"] or Decimal(0)
        return found

    @staticmethod
    def initial_of(promotion: Promotion) -> dict[str, Any]:
        names = (
            "title",
            "code",
            "kind",
            "goods",
            "mechanics",
            "starts_on",
            "ends_on",
            "answer_by",
            "cost_each",
            "version",
        )
        found = {name: getattr(promotion, name) for name in names}
        found["materials"] = "\n".join(f"{one['quantity']} {one['name']}" for one in promotion.materials)
        return found | {"checklist": "\n".join(promotion.checklist)}


class WhomForm(AudienceForm):
    """Who is asked to take part."""

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        del self.fields["joins"]


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (Answer.ACCEPTED, pgettext_lazy("participation", "I take part")),
            (Answer.COUNTERED, pgettext_lazy("participation", "I take part, but otherwise")),
            (Answer.DECLINED, pgettext_lazy("participation", "I do not take part")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please tap one.")},
    )
    text = forms.CharField(
        label=_("What otherwise, or why not"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 3})
    )


class TakenAnswerForm(AnswerForm):
    """What a customer told one of us."""

    told_by = forms.CharField(label=_("Who said so"), required=False, max_length=80)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].label = _("Their answer")
        self.fields["answer"].choices = [one for one in Answer.choices if one[0] != Answer.INVITED]

    def costs(self, part) -> Decimal:
        """What the budgets have to hold for it."""
        return part.promotion.cost_each


class OnForm(forms.Form):
    on = forms.DateField(label=_("On"), widget=DayInput(), initial=today)


class ExecutionForm(forms.Form):
    """What is seen in the shop."""

    seen_on = forms.DateField(label=_("Seen on"), widget=DayInput(), initial=today)
    done = forms.TypedMultipleChoiceField(
        label=_("What holds"), choices=[], coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    price = forms.DecimalField(
        label=_("Price in the shop"), required=False, max_digits=12, decimal_places=2, min_value=Decimal(0)
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)
    photo = forms.FileField(label=_("Photo"), required=False)

    def __init__(self, *args, promotion: Promotion, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["done"].choices = list(enumerate(promotion.checklist))
        if not promotion.checklist:
            del self.fields["done"]

    def values(self) -> dict[str, Any]:
        """What `show_execution` takes."""
        said = dict(self.cleaned_data)
        photo = said.pop("photo", None)
        return {"done": [], **said, "photo": photo, "photo_name": photo.name if photo else ""}


class JudgeForm(forms.Form):
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    compliance = forms.ChoiceField(label=_("How it was run"), choices=Compliance.choices, widget=forms.RadioSelect)
    credit = forms.IntegerField(label=_("If changed: done, percent"), required=False, min_value=1, max_value=99)
    how = forms.CharField(label=_("What was changed, or why not"), required=False, max_length=300)


class JudgeManyForm(JudgeForm):
    """Of several at once; each of them is judged once, so there is no version to hold against."""

    version = None


class ClaimForm(forms.Form):
    amount = forms.DecimalField(label=_("Claimed"), max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
    text = forms.CharField(label=pgettext_lazy("money", "What for"), required=False, max_length=300)


class SettleForm(forms.Form):
    amount = forms.DecimalField(label=_("Settled"), max_digits=12, decimal_places=2, min_value=Decimal(0))
    own_costs = forms.DecimalField(
        label=_("What it cost us beside"),
        required=False,
        max_digits=12,
        decimal_places=2,
        min_value=Decimal(0),
        help_text=_("Materials, people, publicity: what we paid ourselves."),
    )
    on = forms.DateField(label=_("On"), widget=DayInput(), initial=today)

    def costs(self, _part) -> Decimal:
        """What the budgets have to hold for it."""
        return self.cleaned_data["amount"] + (self.cleaned_data["own_costs"] or 0)


class CarryOutForm(forms.Form):
    """An agreed plan is carried out."""

    code = forms.SlugField(label=_("Code"), max_length=30)
    mechanics = forms.CharField(label=_("How it goes"), max_length=LONGEST, widget=forms.Textarea({"rows": 3}))
