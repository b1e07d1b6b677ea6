from django.urls import URLPattern, URLResolver, path

from compliance import views

app_name = "compliance"
urlpatterns: list[URLPattern | URLResolver] = [
    path("training/", views.my_training, name="my_training"),
    path("training/start/", views.start, name="start"),
    path("training/modules/<str:code>/start/", views.start_module, name="start_module"),
    path("training/as-they-see-it/", views.as_they_see_it, name="as_they_see_it"),
    path("agency/", views.my_agency, name="my_agency"),
    path("agency/<slug:slug>/", views.agency, name="agency"),
    path("agency/<slug:slug>/staff.csv", views.staff_csv, name="staff_csv"),
]
