"""JSON that cannot hurt."""

import json

from django.utils.translation import gettext as _
from rest_framework import exceptions, parsers


class SafeJSONParser(parsers.JSONParser):
    """DRF's parser turns only ValueError into 400; a body of 100,000 brackets raises RecursionError."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from error
        if "\\u0000" in json.dumps(data):  # PostgreSQL's text has no NUL; better a 400 here than a 500 there
            raise exceptions.ParseError(_("The JSON holds a NUL character."))
        return data
