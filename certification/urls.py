from django.urls import URLPattern, URLResolver, path

from certification import (
    checking_views,
    credit_views,
    legal_views,
    recognition_views,
    sharing_views,
    template_views,
    transcript_views,
    views,
    way_views,
)

app_name = "certification"
urlpatterns: list[URLPattern | URLResolver] = [
    path("certificates/law/<uuid:update>/", legal_views.legal_update, name="legal_update"),
    path("certificates/licences/", credit_views.licences, name="licences"),
    path("certificates/on-the-way/<uuid:registration>/", way_views.way, name="way"),
    path("agency/<slug:slug>/sign-offs/", way_views.sign_offs, name="sign_offs"),
    path("agency/<slug:slug>/sign-offs/sign/", way_views.sign, name="sign"),
    path("agency/<slug:slug>/recognised/", recognition_views.recognitions, name="recognitions"),
    path("agency/<slug:slug>/recognised/withdraw/", recognition_views.withdraw, name="withdraw_recognition"),
    path("agency/<slug:slug>/recognised/list/", recognition_views.completions, name="completions"),
    # Before the numbers, which could be any word.
    path("certificates/transcript/", transcript_views.transcript, name="transcript"),
    path(
        "certificates/transcript/transcript.<str:kind>",
        transcript_views.transcript_download,
        name="transcript_file",
    ),
    path("certificates/<str:number>/", views.detail, name="detail"),
    path("certificates/<str:number>/name/", views.holder_name, name="name"),
    path("certificates/<str:number>/shares/", views.shares, name="shares"),
    path("certificates/<str:number>/certificate.pdf", views.pdf, name="pdf"),
    path("certificates/<str:number>/credential.<str:kind>", views.credential_file, name="file"),
    path("certificates/<str:number>/links/", sharing_views.links, name="links"),
    path(
        "certificates/<str:number>/links/<uuid:link>/withdraw/",
        sharing_views.withdraw_link,
        name="withdraw_link",
    ),
    path("certificates/<str:number>/reveals/", sharing_views.reveals, name="reveals"),
    path("certificates/<str:number>/wallet/", sharing_views.wallet, name="wallet"),
    path("shared/<str:secret>/", sharing_views.shared, name="shared"),
    path("agency/<slug:slug>/certificate/", template_views.agency_template, name="agency_template"),
    path(
        "agency/<slug:slug>/certificate/preview/",
        template_views.agency_template_preview,
        name="agency_template_preview",
    ),
    path("credentials/status/<int:list_number>/<slug:purpose>/", views.status_list, name="status_list"),
    path(".well-known/did.json", views.did_document, name="did"),
    path("verify/", views.verify, name="verify"),
    path("verify/file/", checking_views.file, name="verify_file"),
    path("verify/list/", checking_views.many, name="verify_many"),
    path("verify/<str:number>/", views.verify_number, name="verify_number"),
]
