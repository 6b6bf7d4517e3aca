"""Shapes: reading and writing apart, every field named."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers

from crm.money import LIMIT, from_minor

_MOST = from_minor(LIMIT)


class ReadSerializer(serializers.Serializer):
    """An answer. `?fields=a,b` keeps only those of the row itself; an unknown name is refused."""

    def get_fields(self):
        found = super().get_fields()
        asked = self._asked()
        if asked is None:
            return found
        unknown = [name for name in asked if name not in found]
        if unknown:
            raise exceptions.ValidationError(
                {"fields": [_("There is no field %(name)s.") % {"name": name} for name in unknown]}
            )
        return {name: field for name, field in found.items() if name in asked}

    def _asked(self) -> set[str] | None:
        request = self.context.get("request")
        above = self.parent
        root = above is None or (above.parent is None and isinstance(above, serializers.ListSerializer))
        if request is None or not root or request.method not in ("GET", "HEAD"):
            return None
        text = request.query_params.get("fields")
        return None if text is None else {name.strip() for name in text.split(",")}


class ReadModelSerializer(ReadSerializer, serializers.ModelSerializer):
    """An answer made of a model's row; `fields` names every one."""


class WriteSerializer(serializers.Serializer):
    """A question. Unknown names are refused: a misspelt field must not be lost in silence."""

    def to_internal_value(self, data):
        if isinstance(data, dict):
            unknown = {name: [_("There is no such field.")] for name in data if name not in self.fields}
            if unknown:
                raise exceptions.ValidationError(unknown)
        return super().to_internal_value(data)


class MoneyField(serializers.DecimalField):
    """An amount as a decimal string with two places, exactly."""

    def __init__(self, **kwargs):
        super().__init__(**{"max_digits": 17, "decimal_places": 2, "max_value": _MOST, "min_value": -_MOST, **kwargs})


@extend_schema_field({"type": "string", "format": "decimal"})
class ExactField(serializers.Field):
    """A figure as a decimal string; of fractions without an end six places, rounded down."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value):
        if isinstance(value, Fraction):
            value = Decimal(value.numerator * 10**6 // value.denominator).scaleb(-6)
        return format(Decimal(value), "f")


class VisibleField(serializers.SlugRelatedField):
    """A row named by its code (or id), among those the person sees; foreign and missing are refused alike."""

    default_error_messages = {
        "does_not_exist": gettext_lazy("There is no such row."),
        "invalid": gettext_lazy("There is no such row."),
    }

    def __init__(self, model, slug_field, **kwargs):
        self.model = model
        if not kwargs.get("read_only"):
            kwargs["queryset"] = model.objects.none()
        super().__init__(slug_field=slug_field, **kwargs)

    def get_queryset(self):
        request = self.context.get("request")
        return self.model.objects.visible_to(request.user) if request is not None else self.model.objects.none()

    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, str | int) or (isinstance(data, int) and abs(data) > 2**62):
            self.fail("invalid")
        return super().to_internal_value(data)
