"""Pages of the project below /f/<firm>/."""

from django.urls import URLPattern, path

from partnernet.pages import approaches, home, inbox

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/bell/", inbox.bell, name="bell"),
    path("inbox/read/", inbox.read_all, name="inbox-read-all"),
    path("inbox/<uuid:pk>/read/", inbox.read, name="inbox-read"),
    path("asked-for-more/", approaches.index, name="approaches"),
    path("asked-for-more/<uuid:pk>/", approaches.acknowledge, name="approach-acknowledge"),
]
