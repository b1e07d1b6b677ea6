"""Parts of pages that every template may use without loading anything."""

from django import template

register = template.Library()
