from django.urls import URLPattern, URLResolver, path

from certification import views

app_name = "certification"
urlpatterns: list[URLPattern | URLResolver] = [
    path("certificates/<str:number>/", views.detail, name="detail"),
    path("certificates/<str:number>/name/", views.holder_name, name="name"),
    path("certificates/<str:number>/shares/", views.shares, name="shares"),
    path("certificates/<str:number>/certificate.pdf", views.pdf, name="pdf"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:number>/", views.verify_number, name="verify_number"),
]
