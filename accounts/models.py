"""People and power: users, teams, roles with grants, mask rules, API tokens and the audit log."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower, Now
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.names import SORT_LENGTH, normal_email, normal_name, sorted_by
from accounts.scope import Reach, Scoped, ScopedQuerySet, allowed, handled_by, shared_with
from core import clock
from core.contributions import registry
from core.history import tracked


class TeamQuerySet(ScopedQuerySet):
    """Scope own and team: one's own team and below."""

    def _within(self, user: User, scope: str, permission: str, **narrowed: Any) -> TeamQuerySet:
        if scope == policy.ALL:
            return self
        return self.inside(user.team) if user.team else self.none()

    def inside(self, team: Team) -> TeamQuerySet:
        """`team` and what lies below; a team without a path (not made by team_create) only reaches itself."""
        return self.filter(path__startswith=team.path) if team.path else self.filter(pk=team.pk)


class Team(Scoped):
    """A team in the tree. `path` holds the ids from the root with a closing slash, so /1/ never matches /11/."""

    scope_resource: ClassVar[str] = "team"
    scope_owner: ClassVar[tuple[str, ...]] = ()

    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, editable=False, db_index=True, default="")
    visits_need_note = models.BooleanField(_("visits need a note"), default=False)  # also in the teams below it
    # Who is told first of what lies too long with the team; where there is none, the lead of the team above it.
    lead = models.ForeignKey(
        "User", models.SET_NULL, null=True, blank=True, related_name="leads", verbose_name=_("lead")
    )
    group = models.CharField(_("group chat"), max_length=40, blank=True, default="", db_default="")  # in WEBHOOK_URLS

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["path"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["parent", "name"], nulls_distinct=False, name="team_name_once_per_parent")
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A named set of grants; the built-in ones begin with what the apps contribute and may be tightened."""

    code = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80)
    is_builtin = models.BooleanField(default=False)
    # Changes by trigger whenever a grant or mask rule of the role does, so that processes may keep both in memory.
    stamp = models.UUIDField(default=uuid.uuid4, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


def _renew_stamp() -> pgtrigger.Trigger:
    """A new stamp for the role of any grant or mask rule that came, changed or went."""
    return pgtrigger.Trigger(
        name="renew_stamp",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            UPDATE accounts_role SET stamp = gen_random_uuid()
            WHERE (TG_OP <> 'DELETE' AND id = NEW.role_id) OR (TG_OP <> 'INSERT' AND id = OLD.role_id);
            RETURN NULL;
        """,
    )


@tracked()
class RoleGrant(models.Model):
    """One permission of a role and on whose rows it counts."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="grants")
    permission = models.CharField(max_length=60)
    scope = models.CharField(max_length=4, choices=[(s, s) for s in policy.SCOPES])

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["role", "permission"], name="one_scope_per_permission")
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [_renew_stamp()]


class GivenDefault(models.Model):
    """A grant that a built-in role was given because it begins with it: once, so that what is taken away stays so."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="given_defaults")
    permission = models.CharField(max_length=60)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["role", "permission"], name="default_given_once")
        ]


@tracked()
class MaskRule(models.Model):
    """How a role reads one class of fields on own, team or other rows."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="mask_rules")
    field_class = models.CharField(max_length=20)
    relation = models.CharField(max_length=4)
    mode = models.CharField(max_length=6, choices=[(m, m) for m in (policy.FULL, policy.MASK, policy.HIDDEN)])

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["role", "field_class", "relation"], name="one_mask_per_relation")
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [_renew_stamp()]


@dataclass(frozen=True)
class Rights:
    """What a role may do and read: permission -> scope, (field class, relation) -> mode."""

    grants: Mapping[str, str]
    masks: Mapping[tuple[str, str], str]


_rights: dict[int, tuple[uuid.UUID, Rights]] = {}  # role id -> stamp and rights, per process


def rights_of(role: Role) -> Rights:
    """The rights as of this role's stamp, which comes with the user's row: a change counts on the next request."""
    stamp, rights = _rights.get(role.pk, (None, None))
    if rights is None or stamp != role.stamp:
        grants = dict(role.grants.values_list("permission", "scope"))
        modes = {
            (field_class, relation): mode
            for field_class, relation, mode in role.mask_rules.values_list("field_class", "relation", "mode")
        }
        rights = Rights(MappingProxyType(grants), MappingProxyType(modes))
        _rights[role.pk] = (role.stamp, rights)
    return rights


class UserManager(BaseUserManager.from_queryset(ScopedQuerySet)):
    def get_by_natural_key(self, username: str) -> User:
        return self.get(email=normal_name(username))

    def create_user(self, *, email: str | None, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=normal_email(email) if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """The flag grants nothing by itself; the administrator's role does."""
        fields["role"], _made = Role.objects.get_or_create(code=policy.ADMINISTRATORS_ROLE)
        return self.create_user(email=email, password=password, is_superuser=True, **fields)


@tracked(exclude=("password", "last_login", "name_sort"))
class User(AbstractBaseUser, Scoped):
    """A person who signs in by e-mail or mobile number."""

    scope_resource: ClassVar[str] = "user"
    scope_owner: ClassVar[tuple[str, ...]] = ("pk",)

    class Quiet(models.TextChoices):
        COMPANY = "company", _("as the company")
        OWN = "own", _("my own")
        NONE = "none", _("none")

    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=80)
    # By what lists of people are sorted; written with the name (`sorted_by`).
    name_sort = models.CharField(max_length=SORT_LENGTH, editable=False, default="", db_collation="C")
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    mobile = models.CharField(_("mobile number"), max_length=20, null=True, blank=True)
    role = models.ForeignKey(Role, models.PROTECT, related_name="users", verbose_name=_("role"))
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_superuser = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("appearance"), max_length=5, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    single_keys = models.BooleanField(_("single-key shortcuts"), default=True)
    # {kind of notice: whether it comes by mail too}, for those kinds that this person has decided about
    notice_mails = models.JSONField(_("notices by e-mail too"), default=dict)
    notices_muted = models.JSONField(_("notices switched off"), default=list)
    # {kind of notice: ways other than mail by which it comes too} (accounts/reaching.py)
    notice_ways = models.JSONField(
        _("notices by other ways too"), default=dict, db_default=Value({}, models.JSONField())
    )
    wecom_id = models.CharField(_("WeCom account"), max_length=64, blank=True, default="", db_default="")
    dingtalk_id = models.CharField(_("DingTalk account"), max_length=64, blank=True, default="", db_default="")
    quiet = models.CharField(
        _("quiet hours"), max_length=7, choices=Quiet, default=Quiet.COMPANY, db_default=Quiet.COMPANY
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest = models.BooleanField(_("one message in the morning"), default=False, db_default=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Written in one spelling (accounts/names.py), so that plain equality finds it.
            models.UniqueConstraint(fields=["email"], name="user_email_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_in_lower_case"),
            models.UniqueConstraint(fields=["mobile"], name="user_mobile_once"),
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(mobile__isnull=False), name="user_has_a_sign_in_name"
            ),
            # What is meant for one colleague must not reach another one.
            models.UniqueConstraint(fields=["wecom_id"], condition=~Q(wecom_id=""), name="wecom_account_once"),
            models.UniqueConstraint(fields=["dingtalk_id"], condition=~Q(dingtalk_id=""), name="dingtalk_account_once"),
            models.CheckConstraint(
                condition=~Q(quiet="own") | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="own_quiet_hours_begin_and_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        if update_fields is None or "name" in update_fields:
            self.name_sort = sorted_by(self.name)
            update_fields = None if update_fields is None else {*update_fields, "name_sort"}
        super().save(*args, update_fields=update_fields, **options)

    @cached_property
    def reach(self) -> Reach:
        """Grants, and on demand team members, shared and handled customers; resolved once per request."""
        return Reach(self.pk, rights_of(self.role).grants, self._members, self._shared, self._handled)

    def rights_key(self) -> Hashable:
        """What decides which rows this person reaches, but for the people and customers that `reach` looks up."""
        return self.pk, self.is_active, self.role_id, self.role.stamp

    @contextmanager
    def noting_reach(self) -> Iterator[set[str]]:
        """Notes which of `members`, `shared` and `handled` are asked for meanwhile."""
        whole, asked = self.reach, set[str]()

        def noted(name: str) -> Callable[[], tuple[int, ...]]:
            def find() -> tuple[int, ...]:
                asked.add(name)
                ids: tuple[int, ...] = getattr(whole, name)
                return ids

            return find

        self.__dict__["reach"] = Reach(whole.user_id, whole.grants, noted("members"), noted("shared"), noted("handled"))
        try:
            yield asked
        finally:
            self.__dict__["reach"] = whole

    def _members(self) -> tuple[int, ...]:
        if self.team is None or not self.team.path:
            return (self.pk,)
        inside = User.objects.filter(team__path__startswith=self.team.path)
        return tuple(sorted({self.pk, *inside.values_list("pk", flat=True)}))

    def _shared(self) -> tuple[int, ...]:
        return shared_with(self.pk)

    def _handled(self) -> tuple[int, ...]:
        return handled_by(self.pk, rights_of(self.role).grants)

    @property
    def mask_rules(self) -> Mapping[tuple[str, str], str]:
        """(field class, relation) -> mode."""
        return rights_of(self.role).masks

    def can(self, permission: str) -> bool:
        """Whether the person holds `resource.action` on some rows (see accounts.scope.allowed)."""
        return allowed(self, permission)

    def wants_mail(self, kind: str) -> bool:
        """Whether notices of this kind come by mail too."""
        return bool(self.email) and bool(self.notice_mails.get(kind, registry().notice_kinds[kind].mail))

    def get_full_name(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with `session_epoch`, so that "sign out everywhere" works at once."""
        return f"{super().get_session_auth_hash()}{self.session_epoch:x}"


class Invitation(models.Model):
    """A link that lets a new colleague choose a password. Of its token only the digest is stored; without the secret
    key the nonce makes no token. It goes with the first password."""

    user = models.OneToOneField(User, models.CASCADE, related_name="invitation")
    nonce = models.UUIDField()
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def counts(self) -> bool:
        """Whether the link still works."""
        return self.user.is_active and clock.now() < self.expires_at


class ApiToken(models.Model):
    """A token for the REST API; only its SHA-256 is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80, blank=True)
    prefix = models.CharField(max_length=8, blank=True)  # how it begins, to tell it from others
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)


class AuditEntry(Scoped):
    """One act. Append-only: the database refuses to change or remove it."""

    scope_resource: ClassVar[str] = "audit"
    scope_owner: ClassVar[tuple[str, ...]] = ()

    at = models.DateTimeField(auto_now_add=True)
    act = models.CharField(max_length=60)
    by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    by_name = models.CharField(max_length=80, blank=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at", "-id"]),
            models.Index(fields=["object_type", "object_id"]),
            GinIndex(fields=["details"], opclasses=["jsonb_path_ops"], name="audit_details"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="no_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'the audit log is append-only';",
            ),
        ]


class ExportedRows(models.Model):
    """Which rows an export took out: by these the audit log finds the exports that held a row."""

    entry = models.OneToOneField(AuditEntry, models.DO_NOTHING, related_name="exported", db_constraint=False)
    model = models.CharField(max_length=60)
    ids = ArrayField(models.BigIntegerField())
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["model", "at"], name="exported_by_model")]


class AuditFold(models.Model):
    """Equal acts from one address: the first has its line in the audit log, `count` more have come since."""

    act = models.CharField(max_length=60)
    object_id = models.BigIntegerField(default=0)  # the account, 0 when there is none
    address = models.CharField(max_length=45, blank=True)
    since = models.DateTimeField(db_default=Now())
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["act", "object_id", "address"], name="one_fold_per_act_and_address")
        ]


class AttemptBucket(models.Model):
    """How many attempts to sign in are counted under one key: the moment at which they will have leaked out."""

    key = models.TextField(primary_key=True)
    empty_at = models.DateTimeField(db_index=True)


from accounts.saved_views.models import PinnedView, SavedView  # noqa: E402, F401  # they name User by the settings
