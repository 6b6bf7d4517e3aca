"""The dealers' pages of promotions, below /portal/promotions/."""

from django.urls import path

from promotions.calculator import portal_views

urlpatterns = [
    path("<int:pk>/", portal_views.plan, name="plan"),
    path("<int:pk>/costs/", portal_views.costs, name="costs"),
    path("<int:pk>/sign/", portal_views.sign, name="sign"),
    path("<int:pk>/drop/", portal_views.drop, name="drop"),
]
