"""What an administrator may enter as an agency's own sign-in, and SAML with signed answers."""

import base64
import datetime as dt
import socket
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from accounts.models import User
from agencies import providers
from agencies.exceptions import ProviderProblem
from agencies.models import IdentityProvider, Membership
from agencies.services import save_identity_provider
from tests.factories.accounts import UserFactory
from tests.factories.providers import openid_provider

ENTITY = "https://idp.northgate.example/metadata"


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def certificate(key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.northgate.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def client(client):
    client.defaults["HTTP_HOST"] = "training.example"
    return client


@pytest.fixture
def saml(northgate, certificate):
    body = "".join(line for line in certificate.splitlines() if "-----" not in line)
    return save_identity_provider(
        northgate,
        provider="saml",
        provider_id="northgate-saml",
        name="Northgate account",
        client_id="northgate-saml",
        secret="",
        settings={
            "idp": {
                "entity_id": ENTITY,
                "x509cert": body,
                "sso_url": "https://idp.northgate.example/sso",
            }
        },
        email_domains="northgate.example",
    )


def set_out(client):
    """Press the button; the id of the request that the provider would get."""
    response = client.post("/accounts/saml/northgate-saml/login/")
    assert response.status_code == 200
    target = response.headers["Refresh"].partition("url=")[2]
    assert target.startswith("https://idp.northgate.example/sso?")
    request = OneLogin_Saml2_Utils.decode_base64_and_inflate(
        parse_qs(urlsplit(target).query)["SAMLRequest"][0]
    )
    return request.decode().split('ID="')[1].split('"')[0]


def answer(key, certificate, *, to, email, sub="n-1", audience=None, sign=True, **attributes):
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    later = (now + dt.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    acs = "http://training.example/accounts/saml/northgate-saml/acs/"
    audience = audience or "http://training.example/accounts/saml/northgate-saml/metadata/"
    attributes |= {"urn:oid:0.9.2342.19200300.100.1.3": email}
    said = "".join(
        f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
        for name, value in attributes.items()
    )
    assertion = (
        f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1" Version="2.0" IssueInstant="{stamp}">'
        f"<saml:Issuer>{ENTITY}</saml:Issuer><saml:Subject>"
        f'<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{sub}</saml:NameID>'
        f'<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{later}" Recipient="{acs}" InResponseTo="{to}"/></saml:SubjectConfirmation></saml:Subject>'
        f'<saml:Conditions NotBefore="{stamp}" NotOnOrAfter="{later}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>'
        f'<saml:AuthnStatement AuthnInstant="{stamp}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>'
        f"<saml:AttributeStatement>{said}</saml:AttributeStatement></saml:Assertion>"
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    whole = (
        f'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0" IssueInstant="{stamp}" Destination="{acs}" InResponseTo="{to}">'
        f'<saml:Issuer>{ENTITY}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
        f"{assertion}</samlp:Response>"
    )
    if sign:
        whole = OneLogin_Saml2_Utils.add_sign(whole, pem, certificate).decode()
    return base64.b64encode(whole.encode()).decode()


def come_back(client, response):
    return client.post("/accounts/saml/northgate-saml/acs/", {"SAMLResponse": response}, follow=True)


def test_a_signed_saml_answer_makes_a_member(client, saml, northgate, key, certificate):
    assert b"Northgate account" in client.get("/agencies/northgate/sign-in/").content
    to = set_out(client)
    page = come_back(client, answer(key, certificate, to=to, email="ines@northgate.example"))
    assert page.redirect_chain[-1][0] == reverse("compliance:my_training")
    assert Membership.objects.get(user__email="ines@northgate.example").agency == northgate


def test_the_provider_gets_metadata_to_set_up_its_side(client, saml):
    page = client.get("/accounts/saml/northgate-saml/metadata/")
    assert page.status_code == 200
    assert b"http://training.example/accounts/saml/northgate-saml/acs/" in page.content


@pytest.mark.parametrize(
    "wrong",
    [
        {"sign": False},
        {"to": "_nobody-asked"},
        {"audience": "https://elsewhere.example/"},
        {"email": "ines@st-brannocs.example"},
        {"http://schemas.auth0.com/email_verified": "false"},
        {"with_key_of_another": True},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_saml_answer_that_cannot_be_trusted_makes_nobody(client, saml, key, certificate, wrong):
    to = set_out(client)
    if wrong.pop("with_key_of_another", False):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    come_back(client, answer(key, certificate, **{"to": to, "email": "ines@northgate.example"} | wrong))
    assert not User.objects.filter(email__startswith="ines@").exists()
    assert not SocialAccount.objects.exists()


def test_a_saml_answer_never_opens_an_account_that_exists(client, saml, amina, key, certificate):
    to = set_out(client)
    come_back(client, answer(key, certificate, to=to, email="amina@northgate.example"))
    assert not SocialAccount.objects.exists()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "url",
    [
        "http://idp.example/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://localhost:8113/",
        "https://name:word@idp.example/",
        "ftp://idp.example/",
        "https://",
        "https://idp.example:port/",
    ],
)
def test_the_server_is_not_sent_to_such_an_address(url, monkeypatch):
    with pytest.raises(ProviderProblem):
        providers.check_address(url)
    with pytest.raises(providers.requests.exceptions.RequestException):
        providers.GuardedSession().get(url)


def test_a_host_inside_is_asked_once_it_is_allowed(settings):
    settings.IDENTITY_PROVIDER_HOSTS = ["localhost"]
    providers.check_address("https://localhost:8113/")


def test_a_name_that_leads_inside_is_refused(monkeypatch):
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *a, **k: [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.5", 443))],
    )
    with pytest.raises(ProviderProblem, match="private network"):
        providers.check_address("https://idp.example/")


@pytest.fixture
def admin(signed_in):
    return signed_in(UserFactory(is_superuser=True, name="Ada Verhoeven"))


ADD = "wagtailsnippets_agencies_identityprovider:add"
EDIT = "wagtailsnippets_agencies_identityprovider:edit"


def filled_in(agency, **other):
    return {
        "agency": agency.pk,
        "kind": "openid_connect",
        "name": "Northgate account",
        "word": "northgate-id",
        "server": "https://idp.northgate.example",
        "client_id": "waylight",
        "secret": "between-the-two",
        "email_domains": "northgate.example",
        "is_on": "on",
    } | other


def said(admin, data):
    form = admin.post(reverse(ADD), data).context["form"]
    assert not IdentityProvider.objects.filter(social_app__name="Northgate account").exists()
    return {name: " ".join(errors) for name, errors in form.errors.items()}


def test_bad_input_is_named_beside_its_field(admin, northgate, brannoc, settings):
    assert "https://" in said(admin, filled_in(northgate, server="http://idp.example"))["server"]
    assert "private network" in said(admin, filled_in(northgate, server="https://127.0.0.1"))["server"]
    assert "No server is known" in said(admin, filled_in(northgate, server="https://idp.invalid"))["server"]
    assert "no e-mail domain" in said(admin, filled_in(northgate, email_domains="a b@c"))["email_domains"]
    settings.IDENTITY_PROVIDER_HOSTS = ["localhost"]
    assert "could not be reached" in said(admin, filled_in(northgate, server="https://localhost:9"))["server"]
    save_identity_provider(
        brannoc, provider="openid_connect", provider_id="northgate-id", name="B", client_id="b", secret="b",
        settings={"server_url": "https://b.example"}, email_domains="st-brannocs.example",
    )  # fmt: skip
    assert "taken" in said(admin, filled_in(northgate))["word"]


def test_a_provider_is_asked_for_its_discovery_document_and_its_secret_is_never_shown(
    admin, northgate, settings
):
    settings.DEBUG = True
    with openid_provider() as provider:
        no_document = said(admin, filled_in(northgate, server=f"{provider.url}/nothing"))
        assert "answered with error 404" in no_document["server"]
        assert said(admin, filled_in(northgate, server=provider.url, secret=""))["secret"]
        assert admin.post(reverse(ADD), filled_in(northgate, server=provider.url)).status_code == 302
        row = IdentityProvider.objects.get()
        shown = admin.get(reverse(EDIT, args=[row.pk])).content
        assert b"between-the-two" not in shown
        again = admin.post(
            reverse(EDIT, args=[row.pk]), filled_in(northgate, server=provider.url, secret="", is_on="")
        )
        assert again.status_code == 302
    row.refresh_from_db()
    assert (row.social_app.secret, row.is_on) == ("between-the-two", False)


def test_an_issuer_of_another_name_is_refused(monkeypatch):
    document = (
        b'{"issuer": "https://login.example/{tenantid}", "authorization_endpoint": "https://e.example/a",'
        b' "token_endpoint": "https://e.example/t", "userinfo_endpoint": "https://e.example/u", "jwks_uri": "https://e.example/j"}'
    )
    monkeypatch.setattr(providers, "_read", lambda url: document)
    with pytest.raises(ProviderProblem, match="calls itself"):
        providers.discover("https://login.example/common")


@pytest.mark.parametrize("body", [b"not xml", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b""])
def test_what_is_no_saml_metadata_is_refused(monkeypatch, body):
    monkeypatch.setattr(providers, "_read", lambda url: body)
    with pytest.raises(ProviderProblem):
        providers.read_metadata("https://idp.example/metadata", entity_id=ENTITY)


def test_saml_metadata_is_read_when_it_is_saved(admin, northgate, monkeypatch, certificate, settings):
    body = "".join(line for line in certificate.splitlines() if "-----" not in line)
    settings.IDENTITY_PROVIDER_HOSTS = ["idp.northgate.example"]
    document = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{ENTITY}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{body}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.northgate.example/sso"/></IDPSSODescriptor></EntityDescriptor>"""
    monkeypatch.setattr(providers, "_read", lambda url: document.encode())
    saved = admin.post(
        reverse(ADD), filled_in(northgate, kind="saml", server=ENTITY, client_id=ENTITY, secret="")
    )
    assert saved.status_code == 302
    app = IdentityProvider.objects.get().social_app
    assert (app.client_id, app.settings["idp"]["sso_url"]) == (
        "northgate-id",
        "https://idp.northgate.example/sso",
    )
