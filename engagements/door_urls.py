"""Mailed links of offers, outside every firm's pages."""

from django.urls import path

from engagements.views import door, recorded

urlpatterns = [
    path("not-agreed/<str:token>/", recorded.not_agreed, name="not-agreed"),
    path("<str:token>/", door.offer_door, name="offer-door"),
    path("<str:token>/answer/", door.offer_door_answer, name="offer-door-answer"),
    path("<str:token>/terms/", door.offer_door_counter, name="offer-door-counter"),
]
