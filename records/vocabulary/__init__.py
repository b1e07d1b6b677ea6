"""The words of the Experience API that we use: one module a vocabulary, constants only.

A verb is a dict with its IRI and an English display, ready for `builders.statement`; everything else is an
IRI.
"""

from typing import Any


def verb(iri: str, display: str) -> dict[str, Any]:
    return {"id": iri, "display": {"en": display}}
