"""Providers of agencies: a real OpenID Connect provider on loopback."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import requests

from agencies.models import Agency, IdentityProvider
from agencies.services import save_identity_provider


@dataclass(frozen=True)
class OpenIDProvider:
    url: str

    def knows(self, sub: str, **claims: object) -> None:
        """Keep a person; without `email_verified` among the claims the provider says nothing about the address."""
        requests.put(f"{self.url}/users/{sub}", json=claims, timeout=5).raise_for_status()

    def serves(self, agency: Agency, *, word: str, domains: str, is_on: bool = True) -> IdentityProvider:
        return save_identity_provider(
            agency,
            provider="openid_connect",
            provider_id=word,
            name=f"{agency.name} account",
            client_id=word,
            secret="between-the-two",
            settings={"server_url": self.url, "oauth_pkce_enabled": True},
            email_domains=domains,
            is_on=is_on,
        )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def openid_provider() -> Iterator[OpenIDProvider]:
    """In a process of its own, as in life."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running = OpenIDProvider(f"http://127.0.0.1:{port}")
    try:
        for _ in range(200):
            with suppress(requests.ConnectionError):
                requests.get(f"{running.url}/.well-known/openid-configuration", timeout=5).raise_for_status()
                break
            time.sleep(0.1)
        else:
            raise RuntimeError("The OpenID Connect provider did not start.")
        yield running
    finally:
        process.terminate()
        process.wait(timeout=10)
