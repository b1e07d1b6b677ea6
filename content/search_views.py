"""Search, and the library: parse, ask, render."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from content.filters import ResourceFilterForm, SearchForm
from content.search.find import find
from content.search.kinds import Viewer
from content.selectors import live_resources


@sensitive_variables()
@sensitive_post_parameters("q")
@cache_control(private=True)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The question comes by POST, so that no address, log or referrer ever holds it: it may name a person."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    found = None
    if form.is_bound and form.is_valid():
        user = request.user if isinstance(request.user, User) else None
        found = find(
            Viewer(user, get_language() or ""), form.cleaned_data["q"], only=form.cleaned_data["kind"]
        )
    context = {"form": form, "found": found, "section": "search"}
    return render(request, "content/search.html", context, status=422 if form.errors else 200)


@require_GET
def resources(request: HttpRequest) -> HttpResponse:
    """The library, narrowed by an ordinary GET form."""
    form = ResourceFilterForm(request.GET)
    found = live_resources(**form.wanted)
    today = timezone.localdate()
    rows = [{"resource": one, "is_stale": one.is_stale(on=today)} for one in found]
    context = {"form": form, "rows": rows, "is_narrowed": any(form.wanted.values()), "section": "search"}
    return render(request, "content/resources.html", context)
