"""/api/v1/ of surveys."""

from django.urls import path

from customers.surveys.api import Invitations, Responses, Rounds, Templates

LIST, ONE = {"get": "list"}, {"get": "retrieve"}
urlpatterns = [
    path("surveys/", Rounds.as_view({**LIST, "post": "create"}), name="surveys"),
    path("surveys/templates/", Templates.as_view(LIST), name="survey-templates"),
    path("surveys/templates/<int:pk>/", Templates.as_view(ONE), name="survey-template"),
    path("surveys/responses/", Responses.as_view(LIST), name="survey-responses"),
    path("surveys/invitations/", Invitations.as_view(LIST), name="survey-invitations"),
    path("surveys/invitations/<int:pk>/", Invitations.as_view(ONE), name="survey-invitation"),
    *(
        path(
            f"surveys/invitations/<int:pk>/{name}/",
            Invitations.as_view({"post": name}),
            name=f"survey-invitation-{name}",
        )
        for name in ("guess", "waive", "answer", "decline")
    ),
    path("surveys/<int:pk>/", Rounds.as_view(ONE), name="survey"),
    path("surveys/<int:pk>/figures/", Rounds.as_view({"get": "figures"}), name="survey-figures"),
]
