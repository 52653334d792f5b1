"""Pages of the operator about texts and rules."""

from django.urls import path

from contracts.views import texts

urlpatterns = [
    path("", texts.texts, name="operator-texts"),
    path("rules/", texts.rulebook, name="operator-rules"),
    path("<uuid:pk>/", texts.text, name="operator-text"),
    path("<uuid:pk>/preview/", texts.preview, name="operator-text-preview"),
    path("<uuid:pk>/difference/", texts.difference, name="operator-text-difference"),
    path("<uuid:pk>/clauses/", texts.clause, name="operator-text-clause-add"),
    path("<uuid:pk>/clauses/<slug:key>/", texts.clause, name="operator-text-clause"),
    path("<uuid:pk>/lines/", texts.variable, name="operator-text-line-add"),
    path("<uuid:pk>/lines/<slug:key>/", texts.variable, name="operator-text-line"),
    path("<uuid:pk>/shift/", texts.shift, name="operator-text-shift"),
    path("<uuid:pk>/answers/", texts.answers, name="operator-text-answers"),
    path("<uuid:pk>/next/", texts.next_version, name="operator-text-next"),
    path("<uuid:pk>/publish/", texts.publish, name="operator-text-publish"),
    path("<uuid:pk>/withdraw/", texts.withdraw, name="operator-text-withdraw"),
    path("<uuid:pk>/reviewed/", texts.reviewed, name="operator-text-reviewed"),
    *(
        path(f"<uuid:pk>/{name}/", texts.step, {"name": name}, name=f"operator-text-{name}")
        for name in ("review", "reopen", "deprecate")
    ),
]
