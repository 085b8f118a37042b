"""Forms of sign-in, passwords and one's own profile."""

from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, password_validation
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import reaching
from accounts.models import User
from core import outbox
from core.contributions import registry
from core.outbox import mail_is_on
from ui.forms import QUIET_FOR_NO_TIME, ClockTime, LongSelect

PASSWORD_MAX = 256
# Offered first; every other zone of the time zone database follows.
COMMON_ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Tokyo", "Asia/Singapore", "Europe/Berlin", "Europe/London")
COMMON_ZONES += ("America/New_York", "America/Los_Angeles", "UTC")
LANGUAGE_NAMES = {"zh-hans": "简体中文", "en": "English"}


@cache
def zone_choices() -> list[tuple[str, str | Promise]]:
    """("", company's zone), the common ones, then all others by name."""
    others = sorted(zone for zone in available_timezones() if "/" in zone and zone not in COMMON_ZONES)
    return [("", _("the company's")), *((zone, zone) for zone in (*COMMON_ZONES, *others))]


def _password_field(label: Any, autocomplete: str, hint: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=PASSWORD_MAX, widget=widget, help_text=hint)


class SignInForm(forms.Form):
    """E-mail or mobile number, password, remember this device."""

    username = forms.CharField(label=_("E-mail or mobile number"), max_length=254)
    password = _password_field(_("Password"), "current-password")
    remember = forms.BooleanField(label=_("Remember me on this device"), required=False)


class NewPasswordForm(forms.Form):
    """A new password, twice, by the rules of settings.AUTH_PASSWORD_VALIDATORS."""

    new_password1 = _password_field(
        _("New password"), "new-password", _("At least 12 characters; a sentence is fine. Nothing you use elsewhere.")
    )
    new_password2 = _password_field(_("New password again"), "new-password")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new_password1(self) -> str:
        password = self.cleaned_data["new_password1"]
        password_validation.validate_password(password, self.user)
        if self.user.check_password(password):
            raise ValidationError(_("Choose a password other than the present one."))
        return password

    def clean(self) -> dict[str, Any]:
        # As typed: a refused first one is compared too, so that everything wrong is said at once.
        first, second = (self[name].data for name in ("new_password1", "new_password2"))
        if first and second and first != second:
            self.add_error("new_password2", _("The two passwords differ. Please type the new one again."))
        return self.cleaned_data


class InvitationForm(NewPasswordForm):
    """What a new colleague fills in behind the link: name and password."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=80)
    field_order = ("name", "new_password1", "new_password2")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        unnamed = user.name in (user.mobile, user.email)
        self.initial["name"] = "" if unnamed else user.name


class PasswordChangeForm(NewPasswordForm):
    """The present password first: whoever finds an open screen can't take the account over."""

    old_password = _password_field(_("Present password"), "current-password")
    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, user: User, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """Checked through the sign-in door, so that guessing is throttled here too."""
        name = self.user.email or self.user.mobile
        if authenticate(self.request, username=name, password=self.cleaned_data["old_password"]) is None:
            raise ValidationError(_("That isn't your present password."))
        return self.cleaned_data["old_password"]


class ResetForm(forms.Form):
    """Who wants a link by mail."""

    username = forms.CharField(label=_("E-mail or mobile number"), max_length=254)


class ProfileForm(forms.Form):
    """What a person sets for themselves."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=80)
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[
            ("", _("as the browser")),
            *((code, LANGUAGE_NAMES.get(code, code)) for code, _name in settings.LANGUAGES),
        ],
    )
    theme = forms.ChoiceField(
        label=_("Appearance"),
        required=False,
        choices=[("", _("as the device")), ("light", _("light")), ("dark", _("dark"))],
        widget=forms.RadioSelect,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=zone_choices,
        widget=LongSelect(zone_choices),
        help_text=_("Days and times are shown in it."),
    )
    single_keys = forms.BooleanField(
        label=_("Single-key shortcuts"),
        required=False,
        help_text=_("l, n, j, k and others without Ctrl; switch off if you dictate or use a screen reader."),
    )
    notices_muted = forms.MultipleChoiceField(
        label=_("Notices that are switched off"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ticked, they don't stand in the app; what is switched on again shows what came meanwhile."),
    )
    notice_mails = forms.MultipleChoiceField(
        label=_("By e-mail too"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ticked, it comes to your e-mail, whether it stands among the notices or not."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decided = user.notice_mails
        self.offered = [
            kind for kind in registry().notice_kinds.values() if not kind.permission or user.can(kind.permission)
        ]
        self.muted = user.notices_muted
        self.quiet = [kind for kind in self.offered if not kind.always]
        self.always = [str(kind.word) for kind in self.offered if kind.always]
        muted = cast("forms.MultipleChoiceField", self.fields["notices_muted"])
        muted.choices = [(kind.code, str(kind.word)) for kind in self.quiet]
        mails = cast("forms.MultipleChoiceField", self.fields["notice_mails"])
        mails.choices = [(kind.code, str(kind.word)) for kind in self.offered]
        if not user.email:
            del self.fields["notice_mails"]
        elif not mail_is_on():
            mails.disabled = True
            mails.help_text = _("This installation sends no mail; the inbox shows every notice.")

    def changes(self) -> dict[str, Any]:
        """What differs from what the form began with. Kinds that weren't offered stay as they were decided."""
        found = {name: self.cleaned_data[name] for name in self.changed_data}
        if "notices_muted" in found:
            decided = {kind.code for kind in self.quiet}
            kept = [code for code in self.muted if code not in decided]
            found["notices_muted"] = [*kept, *found["notices_muted"]]
        if "notice_mails" in found:
            chosen = {kind.code: kind.code in found["notice_mails"] for kind in self.offered}
            found["notice_mails"] = self.decided | chosen
        return found


def account_fields() -> dict[str, tuple[forms.CharField, str]]:
    """A person's accounts elsewhere, with the channel that each is for."""
    words = (("wecom_id", _("WeCom account"), "wecom"), ("dingtalk_id", _("DingTalk account"), "dingtalk"))
    hint = _("As the administration of that service names the person (UserID).")
    return {
        name: (forms.CharField(label=label, max_length=64, required=False, help_text=hint), channel)
        for name, label, channel in words
    }


class WaysForm(forms.Form):
    """By which ways other than mail a person is told of which kinds of notice, and when not."""

    quiet = forms.ChoiceField(label=_("Quiet hours"), choices=User.Quiet, widget=forms.RadioSelect)
    quiet_from = ClockTime(label=_("From"), required=False)
    quiet_until = ClockTime(label=_("Until"), required=False)
    digest = forms.BooleanField(
        label=_("One message at 08:30 instead of many"),
        required=False,
        help_text=_(
            "By mail and every other way. What can't wait still comes at once: reminders, clocks that run out."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [
            kind for kind in registry().notice_kinds.values() if not kind.permission or user.can(kind.permission)
        ]
        self.decided = user.notice_ways
        self.ways = {way: words for way, words in reaching.WAYS.items() if reaching.is_on(way)}
        for way in self.ways:
            self.fields[f"by_{way}"] = forms.MultipleChoiceField(
                choices=[(kind.code, str(kind.word)) for kind in self.kinds],
                required=False,
                initial=[kind.code for kind in self.kinds if way in user.notice_ways.get(kind.code, ())],
            )
        self.fields |= {name: field for name, (field, channel) in account_fields().items() if outbox.is_on(channel)}

    def rows(self) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
        """A line for each kind: its code, its words, and for each way its name, its words and whether it is ticked."""
        ticked = {way: set(self[f"by_{way}"].value() or ()) for way in self.ways}
        return [
            (
                kind.code,
                str(kind.word),
                [(f"by_{way}", str(words), kind.code in ticked[way]) for way, words in self.ways.items()],
            )
            for kind in self.kinds
        ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("quiet") == User.Quiet.OWN:
            for name in ("quiet_from", "quiet_until"):
                if name in data and data[name] is None:
                    self.add_error(name, _("Your own quiet hours need a beginning and an end."))
            if data.get("quiet_from") and data["quiet_from"] == data.get("quiet_until"):
                self.add_error("quiet_until", QUIET_FOR_NO_TIME)
        return data

    def changes(self) -> dict[str, Any]:
        """What differs from what the form began with. Kinds and ways that weren't offered stay as they were decided."""
        ways = {
            kind.code: [
                *(way for way in self.decided.get(kind.code, ()) if way not in self.ways),
                *(way for way in self.ways if kind.code in self.cleaned_data[f"by_{way}"]),
            ]
            for kind in self.kinds
        }
        found = {name: self.cleaned_data[name] for name in self.changed_data if not name.startswith("by_")}
        chosen = {code: by for code, by in (self.decided | ways).items() if by}
        return found | ({"notice_ways": chosen} if chosen != self.decided else {})
