"""Pages of notices. Where dealers read and answer them stands below /portal/."""

from django.urls import path

from promotions.policies import answer_views, export_views, views, writing_views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="list"),
    path("new/", writing_views.new, name="new"),
    path("questions/", answer_views.questions, name="questions"),
    path("questions/<int:pk>/reply/", answer_views.reply, name="reply"),
    path("questions/<int:pk>/hand/", answer_views.hand, name="hand"),
    path("customers/<int:pk>/", answer_views.customer, name="customer"),
    path("papers/<int:pk>/", writing_views.paper, name="paper"),
    path("papers/<int:pk>/drop/", writing_views.paper_drop, name="paper-drop"),
    path("to/<int:pk>/", answer_views.one, name="one"),
    path("to/<int:pk>/answer/", answer_views.answer, name="answer"),
    path("to/<int:pk>/ask/", answer_views.ask, name="ask"),
    path("to/<int:pk>/done/", answer_views.done, name="done"),
    path("to/<int:pk>/undone/", answer_views.undone, name="undone"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/versions/<int:number>/", views.version, name="version"),
    path("<int:pk>/remind/", views.remind, name="remind"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/edit/", writing_views.edit, name="edit"),
    path("<int:pk>/who/", writing_views.who, name="who"),
    path("<int:pk>/papers/", writing_views.paper_add, name="paper-add"),
    path("<int:pk>/send/", writing_views.send, name="send"),
    path("<int:pk>/unschedule/", writing_views.unschedule, name="unschedule"),
    path("<int:pk>/export/", export_views.export, name="export"),
    path("<int:pk>/drop/", writing_views.drop, name="drop"),
]
