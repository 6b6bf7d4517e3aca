"""Structured logs with a request id; JSON in production, plain lines in debug. No bodies, no query strings."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

import structlog
from django.conf import settings


def bind(**values):
    """Bind values to every log line of this request or job; returns tokens for `unbind`."""
    return structlog.contextvars.bind_contextvars(**values)


def unbind(tokens) -> None:
    structlog.contextvars.reset_contextvars(**tokens)


class ContextFilter(logging.Filter):
    """Puts the bound request id on records, so that plain formatters elsewhere can show it too."""

    def filter(self, record):
        record.request_id = structlog.contextvars.get_contextvars().get("request_id", "")
        return True


@cache
def _secret() -> re.Pattern[str]:
    return re.compile(rf"({'|'.join(settings.SECRET_PATHS)})[^/\s\"'?#<>]+")


def without_secrets(value: Any) -> Any:
    """A text without what follows an address of settings.SECRET_PATHS; what is no text as it is."""
    return _secret().sub(r"\1•••", value) if isinstance(value, str) else value


def _hide_secrets(_logger, _name: str, line: Any) -> Any:
    return {key: without_secrets(value) for key, value in line.items()}


def formatter(json: bool = True):
    chain = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    render = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=chain,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _hide_secrets, render],
    )
