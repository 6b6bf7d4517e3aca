"""/api/v1/ of notices."""

from django.urls import path

from promotions.policies.answer_api import NoticeDeliveries, NoticeQuestions
from promotions.policies.api import NoticePapers, Notices, PapersOfNotice

ACTS = ("send", "publish", "unschedule", "drop", "withdraw", "remind")
SAYINGS = ("answer", "ask", "done", "undone")
urlpatterns = [
    path("notices/", Notices.as_view({"get": "list", "post": "create"}), name="notices"),
    path("notices/<int:pk>/", Notices.as_view({"get": "retrieve", "patch": "partial_update"}), name="notice"),
    *(path(f"notices/<int:pk>/{name}/", Notices.as_view({"post": name}), name=f"notice-{name}") for name in ACTS),
    path("notices/<int:pk>/papers/", PapersOfNotice.as_view({"post": "create"}), name="notice-papers"),
    path("notice-papers/<int:pk>/drop/", NoticePapers.as_view({"post": "drop"}), name="notice-paper-drop"),
    path("notice-papers/<int:pk>/content/", NoticePapers.as_view({"get": "content"}), name="notice-paper"),
    path("notice-deliveries/", NoticeDeliveries.as_view({"get": "list"}), name="notice-deliveries"),
    path("notice-deliveries/<int:pk>/", NoticeDeliveries.as_view({"get": "retrieve"}), name="notice-delivery"),
    *(
        path(
            f"notice-deliveries/<int:pk>/{name}/",
            NoticeDeliveries.as_view({"post": name}),
            name=f"notice-delivery-{name}",
        )
        for name in SAYINGS
    ),
    path("notice-questions/", NoticeQuestions.as_view({"get": "list"}), name="notice-questions"),
    path("notice-questions/<int:pk>/", NoticeQuestions.as_view({"get": "retrieve"}), name="notice-question"),
    path("notice-questions/<int:pk>/reply/", NoticeQuestions.as_view({"post": "reply"}), name="notice-question-reply"),
]
