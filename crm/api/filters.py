"""Filters that refuse nonsense where those of the library swallow it."""

from __future__ import annotations

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from crm.clock import FIRST_YEAR, LAST_YEAR, is_meant


class _TrueOrFalse(forms.CharField):
    default_error_messages = {"invalid": _("Say true or false.")}

    def to_python(self, value):
        text = super().to_python(value).lower()
        if text in self.empty_values:
            return None
        if text not in ("true", "false"):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return text == "true"


@extend_schema_field(OpenApiTypes.BOOL)
class BooleanFilter(django_filters.Filter):
    """`true` or `false`, in whatever case; the library's own takes any other word for no filter at all."""

    field_class = _TrueOrFalse


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 2**62})
class NumberOfRow(django_filters.Filter):
    """The id of a row."""

    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"min_value": 1, "max_value": 2**62, **kwargs})


class _Moment(django_filters.fields.IsoDateTimeField):
    default_error_messages = {"year": _("Give a year from %(first)d to %(last)d.")}

    def clean(self, value):
        """Moments at the ends of the calendar have no counterpart in UTC, in which the database keeps them."""
        moment = super().clean(value)
        if moment is not None and not is_meant(moment):
            raise forms.ValidationError(
                self.error_messages["year"], code="year", params={"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return moment


class MomentFilter(django_filters.IsoDateTimeFilter):
    """A moment in ISO 8601 that a company can mean."""

    field_class = _Moment
