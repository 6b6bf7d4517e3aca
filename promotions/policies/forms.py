"""The shape of what people enter about notices; whether it may be is for the actions to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.accounts.models import User
from crm.clock import today
from crm.listing.models import SavedView
from customers.profile.actions import regions_open_to
from customers.profile.forms import DayInput
from customers.profile.models import Kind as CustomerKind
from promotions.policies.actions import BRAND_KINDS, LONGEST, LONGEST_CHANGED, PARTS, may_write
from promotions.policies.answer_models import LONGEST_TEXT, Answer, Reason, Through
from promotions.policies.answering import LONGEST_MARK, STICKS, Mark
from promotions.policies.audience import NO_TIER, Audience
from promotions.policies.models import Kind, Notice, NoticeVersion
from promotions.policies.texts import joined

TIERS = [("A", "A"), ("B", "B"), ("C", "C"), (NO_TIER, _("no tier yet"))]
LABELS = {
    "title": _("Title"),
    "intro": pgettext_lazy("notice", "What it is about"),
    "task": _("What is to be done"),
    "clauses": _("Clauses"),
}
ROWS = {"intro": 3, "task": 2, "clauses": 10}


class TextsForm(forms.Form):
    """The words in every language of the company; the notice's own comes first and must be there."""

    def __init__(self, *args, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.language = language
        self.codes = sorted(dict(settings.LANGUAGES), key=lambda code: code != language)
        for code in self.codes:
            for part in (*PARTS, "clauses"):
                widget = forms.Textarea({"rows": ROWS[part]}) if part in ROWS else forms.TextInput()
                widget.attrs["lang"] = code
                field = forms.CharField(
                    label=LABELS[part],
                    required=part == "title" and code == language,
                    max_length=LONGEST.get(part, 60000),
                    widget=widget,
                )
                if part == "clauses" and code == language:
                    field.help_text = _("An empty line parts two clauses. Customers can answer each.")
                self.fields[f"{part}_{code}"] = field

    def languages(self):
        """[(code, name, [bound fields])]"""
        names = dict(settings.LANGUAGES)
        parts = (*PARTS, "clauses")
        return [(code, names[code], [self[f"{part}_{code}"] for part in parts]) for code in self.codes]

    def others_filled(self) -> bool:
        return any(self[f"{part}_{code}"].value() for code in self.codes[1:] for part in (*PARTS, "clauses"))

    def texts(self) -> dict[str, dict[str, str]]:
        """What the actions take."""
        said = self.cleaned_data
        return {code: {part: said[f"{part}_{code}"] for part in (*PARTS, "clauses")} for code in self.codes}

    @staticmethod
    def initial_of(version: NoticeVersion) -> dict[str, str]:
        clauses = list(version.clauses.all())
        found = {}
        for code in dict(settings.LANGUAGES):
            for part in PARTS:
                found[f"{part}_{code}"] = version.texts.get(code, {}).get(part, "")
            found[f"clauses_{code}"] = joined([one.texts[code] for one in clauses if code in one.texts])
        return found


class NoticeForm(forms.Form):
    """What kind of notice, and by when."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, widget=forms.RadioSelect)
    answer_by = forms.DateField(label=_("Answer by"), widget=DayInput())
    asks_doing = forms.BooleanField(
        label=_("Something is to be done"),
        required=False,
        help_text=_("Then customers say when it is done, and you see who has not."),
    )
    do_by = forms.DateField(label=_("To be done by"), widget=DayInput(), required=False)

    def __init__(self, *args, by: User, is_sent: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if is_sent:
            del self.fields["kind"], self.fields["asks_doing"]
        elif not may_write(by, Kind.POLICY):
            self.fields["kind"].choices = [one for one in Kind.choices if one[0] not in BRAND_KINDS]
            self.fields["kind"].initial = Kind.PLAN

    def values(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    @staticmethod
    def initial_of(notice: Notice) -> dict:
        names = ("kind", "answer_by", "asks_doing", "do_by", "version")
        return {name: getattr(notice, name) for name in names}


class AudienceForm(forms.Form):
    """Who is told. Everything that is ticked narrows; those named come on top."""

    everybody = forms.BooleanField(label=_("Everybody in my reach"), required=False)
    tiers = forms.MultipleChoiceField(
        label=_("Tiers"), choices=TIERS, required=False, widget=forms.CheckboxSelectMultiple
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of customers"), choices=CustomerKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    regions = forms.ModelMultipleChoiceField(
        label=_("Regions, with all below them"), queryset=None, required=False, widget=forms.SelectMultiple({"size": 6})
    )
    view = forms.ModelChoiceField(
        label=_("A saved view of the customers' list"),
        queryset=None,
        required=False,
        empty_label=pgettext_lazy("saved view", "none"),
    )
    codes = forms.CharField(
        label=_("Customers by code"),
        required=False,
        max_length=60000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Parted by commas, blanks or lines."),
    )
    joins = forms.BooleanField(label=_("Tell those who come to fit it later, too"), required=False, initial=True)

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["regions"].queryset = regions_open_to(by).order_by("path")
        self.fields["view"].queryset = SavedView.objects.visible_to(by).filter(page="customers").order_by("name")

    def audience(self) -> Audience:
        said = self.cleaned_data
        codes = said["codes"].replace(",", " ").replace("，", " ").replace("、", " ").replace(";", " ").split()
        return Audience(
            tiers=tuple(said["tiers"]),
            kinds=tuple(said["kinds"]),
            regions=tuple(one.pk for one in said["regions"]),
            query=said["view"].query if said["view"] else "",
            codes=tuple(dict.fromkeys(codes)),
            everybody=said["everybody"],
        )

    @staticmethod
    def initial_of(notice: Notice, by: User) -> dict:
        kept = Audience.of(notice.audience)
        views = SavedView.objects.visible_to(by).filter(page="customers", query=kept.query) if kept.query else []
        return {
            "everybody": kept.everybody,
            "tiers": kept.tiers,
            "kinds": kept.kinds,
            "regions": kept.regions,
            "view": next(iter(views), None),
            "codes": "\n".join(kept.codes),
            "joins": notice.joins,
        }


class ChangedForm(forms.Form):
    """Of a later version: what is different, and whether it is answered anew."""

    changed = forms.CharField(
        label=_("What changed"),
        required=False,
        max_length=LONGEST_CHANGED,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Customers read it above the notice."),
    )
    asks_anew = forms.BooleanField(
        label=_("Everybody answers anew"),
        required=False,
        initial=True,
        help_text=_("Without it, answers to the version before go on to count."),
    )


class AnswerForm(forms.Form):
    """One's stand on the whole; marks of single clauses stand beside it (`marks_of`)."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (Answer.AGREE, pgettext_lazy("notice", "I agree")),
            (Answer.UNCLEAR, pgettext_lazy("notice", "I do not understand it")),
            (Answer.CANNOT, pgettext_lazy("notice", "I cannot do it")),
            (Answer.PROPOSE, pgettext_lazy("notice", "I would change something")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please tap one.")},
    )
    reason = forms.ChoiceField(label=_("If you cannot: why"), choices=[("", "–"), *Reason.choices], required=False)
    text = forms.CharField(
        label=_("In your words"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3})
    )


class TakenAnswerForm(AnswerForm):
    """What a customer told one of us."""

    through = forms.ChoiceField(
        label=pgettext_lazy("notice", "How they were told"),
        choices=[(Through.VISIT, Through.VISIT.label), (Through.CALL, Through.CALL.label)],
        widget=forms.RadioSelect,
        initial=Through.VISIT,
    )
    told_by = forms.CharField(label=_("Who said so"), required=False, max_length=80)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].label = _("Their answer")
        self.fields["answer"].choices = Answer.choices
        self.fields["reason"].label = _("If they cannot: why")
        self.fields["text"].label = _("In their words")


class QuestionForm(forms.Form):
    text = forms.CharField(label=_("Your question"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 2}))
    clause = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Answer"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The customer reads it."),
    )


class DoneForm(forms.Form):
    on = forms.DateField(label=pgettext_lazy("notice", "Done on"), widget=DayInput(), initial=today)


class SendForm(forms.Form):
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    on = forms.DateField(
        label=_("On a later day"),
        widget=DayInput(),
        required=False,
        help_text=_("Without a day it goes out at once; with one, before that day's work begins."),
    )


class WithdrawForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=300)


class PaperForm(forms.Form):
    file = forms.FileField(label=_("File"))
    title = forms.CharField(label=_("Title"), max_length=120, required=False)


def marks_of(data: Mapping[str, str], keys: Iterable[int]) -> dict[int, Mark]:
    """Where an answer sticks, as the page posts it: mark-KEY is what it says, words-KEY in which words."""
    found = {}
    for key in keys:
        says = data.get(f"mark-{key}", "")
        if says in STICKS:
            found[key] = Mark(says, data.get(f"words-{key}", "")[: LONGEST_MARK + 1])
    return found
