from django.urls import URLPattern, URLResolver, path

from compliance import agency_views, assignment_views, person_views, reminder_views, views

app_name = "compliance"
urlpatterns: list[URLPattern | URLResolver] = [
    path("training/", views.my_training, name="my_training"),
    path("training/start/", views.start, name="start"),
    path("training/modules/<str:code>/start/", views.start_module, name="start_module"),
    path("training/as-they-see-it/", views.as_they_see_it, name="as_they_see_it"),
    path("training/reminders/", reminder_views.my_reminders, name="my_reminders"),
    path("reminders/stop/<str:token>/", reminder_views.stop_mail, name="stop_mail"),
    path("agency/<slug:slug>/reminders/", reminder_views.agency_reminders, name="agency_reminders"),
    path("agency/<slug:slug>/reminders/<slug:mail>/", reminder_views.preview_mail, name="preview_mail"),
    path("agency/", agency_views.my_agency, name="my_agency"),
    path("agency/<slug:slug>/", agency_views.agency, name="agency"),
    path("agency/<slug:slug>/overview/", agency_views.overview, name="overview"),
    path("agency/<slug:slug>/views/", agency_views.save_view, name="save_view"),
    path("agency/<slug:slug>/views/<int:pk>/remove/", agency_views.remove_view, name="remove_view"),
    path("agency/<slug:slug>/staff.csv", agency_views.staff_csv, name="staff_csv"),
    path("agency/<slug:slug>/people/<uuid:person>/", person_views.person, name="person"),
    path("agency/<slug:slug>/assignments/", assignment_views.assignments, name="assignments"),
    path("agency/<slug:slug>/assignments/new/", assignment_views.new_assignment, name="new_assignment"),
    path(
        "agency/<slug:slug>/assignments/<uuid:assignment>/",
        assignment_views.change_assignment,
        name="change_assignment",
    ),
    path(
        "agency/<slug:slug>/assignments/<uuid:assignment>/end/",
        assignment_views.end_assignment,
        name="end_assignment",
    ),
]
