"""How Django's forms are drawn everywhere in the product."""

from django.forms.renderers import DjangoTemplates


class WaylightFormRenderer(DjangoTemplates):
    """Label, hint, control and error in our markup, with a summary on top that links to what needs another look.

    `{{ form }}` draws a whole form, `{{ form.name.as_field_group }}` one field. Widgets keep Django's own templates, so
    that the editor's, which Wagtail brings, are untouched.
    """

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
