"""The shape of what is asked."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.files.models import Attachment
from customers.people.models import Person
from customers.privacy.models import Erasure
from customers.privacy.subjects import Named

GROUNDS = [
    (one.value, one.label)
    for one in (Erasure.Ground.REQUEST, Erasure.Ground.WITHDRAWN, Erasure.Ground.PURPOSE, Erasure.Ground.RETENTION)
]
_FILES = 100


class CopyForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("For whom and why"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("It stands in the audit log beside every sensitive fact that the copy tells."),
    )


class EraseForm(forms.Form):
    """chosen: only for a person, of whose customers' files some may show them."""

    ground = forms.ChoiceField(label=gettext_lazy("Why"), choices=GROUNDS)
    reason = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("By what letter or mail, say. Name nobody: this stays."),
    )
    chosen = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Files that show this person"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    typed = forms.CharField(max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args, named: Named, user, **kwargs):
        super().__init__(*args, **kwargs)
        if isinstance(named.row, Person):
            self.fields["typed"].label = _("Type the number %(number)s to confirm") % {"number": named.typed}
            files = Attachment.objects.visible_to(user).filter(customer__person_roles__person=named.row).distinct()
            rows = files.select_related("customer")[:_FILES]
            self.fields["chosen"].choices = [(one.pk, f"{one.title} · {one.customer.name}") for one in rows]
            if not self.fields["chosen"].choices:
                del self.fields["chosen"]
        else:
            self.fields["typed"].label = _("Type the code %(code)s to confirm") % {"code": named.typed}
            del self.fields["chosen"]
