"""People and power as JSON: names and places, never secrets."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts import reaching
from accounts.models import Role, RoleGrant, Team, User
from core import outbox
from core.contributions import registry
from core.models import OutboxMail
from ui.forms import QUIET_FOR_NO_TIME

NOT_SENT = gettext_lazy("This installation doesn't send that way. Choose another one.")


class UserSerializer(serializers.ModelSerializer):
    """A colleague. E-mail and mobile number stand here only for those who administer people, and for oneself."""

    role = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = User
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "name",
            "email",
            "mobile",
            "role",
            "team",
            "is_active",
            "language",
            "time_zone",
        )
        read_only_fields = fields

    def to_representation(self, instance: User) -> dict[str, object]:
        """Without the ways to reach or sign in as somebody else."""
        data = super().to_representation(instance)
        reader = self.context["request"].user
        if instance.pk != reader.pk and not reader.can("user.change"):
            data["email"] = data["mobile"] = None
        return data


class WaysSerializer(serializers.ModelSerializer):
    """By which ways one is told of things, and when not: what stands under *Profile › Ways*."""

    notice_ways = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(choices=list(reaching.WAYS.items()))),
        required=False,
        help_text="Ways other than mail by kind of notice; a kind that isn't named stays as it is.",
    )
    kinds = serializers.SerializerMethodField(help_text="The kinds of notice that this person may choose for.")
    ways_on = serializers.SerializerMethodField(help_text="The ways that this installation sends.")

    class Meta:
        model = User
        fields: ClassVar[tuple[str, ...]] = (
            "quiet",
            "quiet_from",
            "quiet_until",
            "digest",
            "wecom_id",
            "dingtalk_id",
            "notice_ways",
            "kinds",
            "ways_on",
        )

    def get_kinds(self, user: User) -> dict[str, str]:
        """{code: words}."""
        kinds = registry().notice_kinds.values()
        return {kind.code: str(kind.word) for kind in kinds if not kind.permission or user.can(kind.permission)}

    def get_ways_on(self, user: User) -> list[str]:
        """Their names."""
        return reaching.ways_on()

    def validate_notice_ways(self, value: dict[str, list[str]]) -> dict[str, list[str]]:
        """Kinds that are offered, by ways that are on or chosen already; all of them as they then are."""
        user: User = self.context["request"].user
        offered, on = self.get_kinds(user), self.get_ways_on(user)
        for kind, ways in value.items():
            if kind not in offered:
                words = {"kind": kind, "kinds": ", ".join(sorted(offered))}
                raise serializers.ValidationError(_("There is no kind of notice %(kind)s. Use: %(kinds)s.") % words)
            if set(ways) - {*on, *user.notice_ways.get(kind, ())}:
                raise serializers.ValidationError(NOT_SENT)
        return {kind: ways for kind, ways in (user.notice_ways | value).items() if ways}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Accounts of services that this installation sends by; own quiet hours that begin and end."""
        for name, channel in (("wecom_id", OutboxMail.Channel.WECOM), ("dingtalk_id", OutboxMail.Channel.DINGTALK)):
            if attrs.get(name, "") not in ("", getattr(self.instance, name)) and not outbox.is_on(channel):
                raise serializers.ValidationError({name: NOT_SENT})
        after = {name: getattr(self.instance, name) for name in ("quiet", "quiet_from", "quiet_until")} | attrs
        if after["quiet"] == User.Quiet.OWN:
            missing = [name for name in ("quiet_from", "quiet_until") if after[name] is None]
            if missing:
                text = _("Your own quiet hours need a beginning and an end.")
                raise serializers.ValidationError(dict.fromkeys(missing, text))
            if after["quiet_from"] == after["quiet_until"]:
                raise serializers.ValidationError({"quiet_until": QUIET_FOR_NO_TIME})
        return attrs


class TeamSerializer(serializers.ModelSerializer):
    class Meta:
        model = Team
        fields: ClassVar[tuple[str, ...]] = ("id", "name", "parent", "path", "lead")
        read_only_fields = fields


class GrantSerializer(serializers.ModelSerializer):
    class Meta:
        model = RoleGrant
        fields: ClassVar[tuple[str, ...]] = ("permission", "scope")
        read_only_fields = fields


class RoleSerializer(serializers.ModelSerializer):
    """A role with what it may do, and on whose rows."""

    grants = GrantSerializer(many=True, read_only=True)

    class Meta:
        model = Role
        fields: ClassVar[tuple[str, ...]] = ("id", "code", "name_en", "name_zh", "is_builtin", "grants")
        read_only_fields = fields
