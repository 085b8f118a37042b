"""What people type when they comment."""

from django import forms
from django.utils.translation import gettext_lazy

from ui.forms import OnceForm

LONGEST = 1000


class CommentForm(OnceForm):
    """One comment."""

    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("@ and a name tells that colleague."),
    )
