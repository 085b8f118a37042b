"""People and power as JSON: names and places, never secrets."""

from typing import ClassVar

from rest_framework import serializers

from accounts.models import Role, RoleGrant, Team, User


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


class TeamSerializer(serializers.ModelSerializer):
    class Meta:
        model = Team
        fields: ClassVar[tuple[str, ...]] = ("id", "name", "parent", "path")
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
