from django.urls import URLPattern, URLResolver, path

from agencies import audit_views, staff_views, views

app_name = "agencies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("agencies/<slug:slug>/sign-in/", views.sign_in, name="sign_in"),
    path("agencies/join/<str:secret>/", staff_views.join, name="join"),
    path("agency/<slug:slug>/people/", staff_views.people, name="people"),
    path(
        "agency/<slug:slug>/memberships/<uuid:place>/<slug:what>/",
        staff_views.place_change,
        name="place_change",
    ),
    path("agency/<slug:slug>/leave/<uuid:leave>/back/", staff_views.leave_end, name="leave_end"),
    path("agency/<slug:slug>/log/", audit_views.log, name="log"),
    path("agency/<slug:slug>/units/", staff_views.units, name="units"),
    path("agency/<slug:slug>/units/<uuid:unit>/", staff_views.unit, name="unit"),
    path("agency/<slug:slug>/roles/", staff_views.delegations, name="roles"),
    path("agency/<slug:slug>/roles/<int:delegation>/end/", staff_views.delegation_end, name="role_end"),
    path("agency/<slug:slug>/invitations/", staff_views.invitations, name="invitations"),
    path(
        "agency/<slug:slug>/invitations/<uuid:invitation>/",
        staff_views.invitation_change,
        name="invitation_change",
    ),
    path("agency/<slug:slug>/lists/", staff_views.imports, name="imports"),
    path("agency/<slug:slug>/lists/<uuid:run>/", staff_views.staff_import, name="import"),
    path("agency/<slug:slug>/lists/<uuid:run>/columns/", staff_views.import_columns, name="import_columns"),
    path(
        "agency/<slug:slug>/lists/<uuid:run>/problems.csv",
        staff_views.import_problems,
        name="import_problems",
    ),
    path("agency/<slug:slug>/lists/<uuid:run>/undo/", staff_views.import_undo, name="import_undo"),
]
