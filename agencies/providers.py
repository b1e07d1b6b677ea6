"""Talking to an agency's provider: which addresses may be asked, and what they must answer before they are kept."""

import ipaddress
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

from agencies.exceptions import ProviderProblem

TIMEOUT = 10
MOST_BYTES = 2 * 1024 * 1024
WELL_KNOWN = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


def check_address(url: str) -> None:
    """Raise ProviderProblem for an address that the server must not be sent to.

    Whoever may fill in the form could otherwise read, through error messages, what only the server can reach.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ProviderProblem(_("This is not an address. Write one that begins with https://.")) from None
    if settings.DEBUG and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https" or not parts.hostname:
        raise ProviderProblem(_("Write an address that begins with https://."))
    if parts.username or parts.password:
        raise ProviderProblem(_("Leave name and password out of the address."))
    if parts.hostname in settings.IDENTITY_PROVIDER_HOSTS:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, port or 443, type=socket.SOCK_STREAM)
    except OSError:
        raise ProviderProblem(
            _("No server is known under “%(host)s”. Check the address.") % {"host": parts.hostname}
        ) from None
    if not all(ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_global for one in found):
        raise ProviderProblem(
            _(
                "“%(host)s” lies inside a private network. Whoever runs this site can allow it: IDENTITY_PROVIDER_HOSTS."
            )
            % {"host": parts.hostname}
        )


class GuardedSession(requests.Session):
    """Checks every address, those behind redirects too, and never waits for ever."""

    def __init__(self) -> None:
        super().__init__()
        # A proxy or a .netrc of the machine is not for addresses that an administrator typed.
        self.trust_env = False

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        try:
            check_address(request.url or "")
        except ProviderProblem as problem:
            raise requests.exceptions.InvalidURL(str(problem)) from problem
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT
        return super().send(request, **kwargs)


def _read(url: str) -> bytes:
    check_address(url)
    try:
        with GuardedSession() as session, session.get(url, stream=True) as answer:
            answer.raise_for_status()
            body = bytes(answer.raw.read(MOST_BYTES + 1, decode_content=True))
    except requests.exceptions.HTTPError as error:
        raise ProviderProblem(
            _("%(url)s answered with error %(status)s.")
            % {"url": url, "status": getattr(error.response, "status_code", "")}
        ) from error
    except requests.exceptions.InvalidURL as error:
        raise ProviderProblem(str(error)) from error
    except (requests.RequestException, OSError) as error:
        raise ProviderProblem(_("%(url)s could not be reached.") % {"url": url}) from error
    if len(body) > MOST_BYTES:
        raise ProviderProblem(_("%(url)s sent far more than such a document holds.") % {"url": url})
    return body


def discover(server: str) -> str:
    """The issuer, once its discovery document proves to be its own. Raises ProviderProblem."""
    issuer = server.removesuffix(WELL_KNOWN).rstrip("/")
    url = issuer + WELL_KNOWN
    try:
        document = json.loads(_read(url))
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ProviderProblem(_("%(url)s is no discovery document of OpenID Connect.") % {"url": url})
    missing = [name for name in ENDPOINTS if not isinstance(document.get(name), str)]
    if missing:
        raise ProviderProblem(
            _("The discovery document at %(url)s lacks: %(names)s.")
            % {"url": url, "names": ", ".join(missing)}
        )
    # Under a shared issuer (Microsoft's “common”) anybody's tenant could write an address of this agency.
    if str(document.get("issuer", "")).rstrip("/") != issuer:
        raise ProviderProblem(
            _(
                "The provider calls itself “%(issuer)s”. Enter that address, and only one that is the agency’s own."
            )
            % {"issuer": document.get("issuer", "")}
        )
    for name in ENDPOINTS:
        check_address(document[name])
    return issuer


def read_metadata(url: str, *, entity_id: str) -> dict[str, str]:
    """What allauth needs of a SAML provider, from its metadata. Raises ProviderProblem."""
    try:
        found = OneLogin_Saml2_IdPMetadataParser.parse(_read(url), entity_id=entity_id).get("idp", {})
    except ProviderProblem:
        raise
    except Exception as error:
        raise ProviderProblem(_("%(url)s is no SAML metadata.") % {"url": url}) from error
    certificate = found.get("x509cert") or next(iter(found.get("x509certMulti", {}).get("signing", [])), "")
    sso_url = found.get("singleSignOnService", {}).get("url", "")
    if found.get("entityId") != entity_id or not certificate or not sso_url:
        raise ProviderProblem(
            _(
                "The metadata at %(url)s holds no sign-in address with a certificate for the entity id “%(entity)s”."
            )
            % {"url": url, "entity": entity_id}
        )
    check_address(sso_url)
    return {"entity_id": entity_id, "x509cert": certificate, "sso_url": sso_url}
