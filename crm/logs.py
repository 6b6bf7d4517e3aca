"""Structured logs with a request id; JSON in production, plain lines in debug. No bodies, no query strings."""

from __future__ import annotations

import logging

import structlog


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
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )
