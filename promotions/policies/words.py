"""What is done about notices, as the log calls it."""

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words
from promotions.policies.answer_models import Answer, Through
from promotions.policies.models import Kind

AUDIT = Words(
    actions={
        "notice.write": _("Notice written"),
        "notice.change": _("Notice changed"),
        "notice.drop": _("Draft of a notice thrown away"),
        "notice.file": _("Paper of a notice"),
        "notice.schedule": _("Notice put in line"),
        "notice.unschedule": _("Notice taken out of line"),
        "notice.send": _("Notice sent"),
        "notice.publish": _("Next version of a notice in force"),
        "notice.withdraw": _("Notice withdrawn"),
        "notice.answer": _("Notice answered"),
        "notice.ask": _("Question about a notice"),
        "notice.reply": _("Question about a notice answered"),
        "notice.hand": _("Question about a notice handed on"),
        "notice.done": _("What a notice asks for is done"),
        "notice.undone": _("What a notice asks for is not done"),
    },
    kinds=("promotions.notice",),
    values={
        ("promotions.notice", "kind"): lambda: dict(Kind.choices),
        ("customers.customer", "told_through"): lambda: dict(Through.choices),
        ("customers.customer", "notice_answer"): lambda: dict(Answer.choices),
    },
    names={
        "notice": _("notice"),
        "told_through": _("how"),
        "notice_version": _("version"),
        "notice_answer": _("answer"),
        "audience": _("who is told"),
        "joins": _("those who come later are told as well"),
        "answer_by": _("answer by"),
        "asks_doing": _("something is to be done"),
        "do_by": _("to be done by"),
        "done_on": _("done on"),
        "send_on": _("goes out on"),
        "asks_anew": _("is answered anew"),
    },
)
