"""Pages below /f/<firm>/."""

from django.urls import path

from clients import views

urlpatterns = [
    path("clients/", views.clients, name="clients"),
    path("clients/new/", views.add_client, name="client-add"),
    path("clients/import/", views.begin_import, name="client-import"),
    path("clients/import/<uuid:pk>/", views.show_import, name="client-import-preview"),
    path("clients/import/<uuid:pk>/run/", views.run_import, name="client-import-run"),
    path("clients/import/<uuid:pk>/undo/", views.undo_import, name="client-import-undo"),
    path("clients/<uuid:pk>/", views.client, name="client"),
    path("clients/<uuid:pk>/edit/", views.change_client, name="client-edit"),
    path("clients/<uuid:pk>/sites/new/", views.add_site, name="site-add"),
    path("clients/<uuid:pk>/contacts/new/", views.add_contact, name="contact-add"),
    path("sites/<uuid:pk>/edit/", views.change_site, name="site-edit"),
    path("contacts/<uuid:pk>/edit/", views.change_contact, name="contact-edit"),
    path("contacts/<uuid:pk>/remove/", views.remove_contact, name="contact-remove"),
]
