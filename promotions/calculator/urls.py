"""Pages of promotions: plans that are reckoned with a customer."""

from django.urls import path

from promotions.calculator import budget_views, views

urlpatterns = [
    path("", views.plan_list, name="list"),
    path("customers/<int:pk>/", views.customer, name="customer"),
    path("customers/<int:pk>/new/", views.new, name="new"),
    path("customers/<int:pk>/reckon/", views.reckon_new, name="reckon-new"),
    path("<int:pk>/", views.plan, name="plan"),
    path("<int:pk>/reckon/", views.reckon, name="reckon"),
    path("<int:pk>/keep/", views.keep, name="keep"),
    path("<int:pk>/show/", views.show, name="show"),
    path("<int:pk>/sign/", views.sign, name="sign"),
    path("<int:pk>/budget/", budget_views.ask, name="plan-budget"),
    path("<int:pk>/drop/", views.drop, name="drop"),
    path("<int:pk>/versions/<int:number>/", views.version, name="version"),
    path("<int:pk>/versions/<int:number>/take/", views.take, name="take"),
    path("<int:pk>/versions/<int:number>/paper/<str:side>/", views.paper, name="paper"),
]
