from django.urls import URLPattern, URLResolver, path

from agencies import views

app_name = "agencies"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<slug:slug>/sign-in/", views.sign_in, name="sign_in"),
]
