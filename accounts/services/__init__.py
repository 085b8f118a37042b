"""Writes of people and power: one verb, one function, one transaction, one audit line."""

from accounts.services.roles import (
    LastAdministratorError,
    RoleBeyondOwnError,
    is_within,
    mask_change,
    role_change,
    roles_ensure,
)
from accounts.services.signin import (
    password_change,
    password_reset,
    profile_change,
    reset_mail,
    sign_in_failed,
    signed_in,
    signed_out,
    tidy_sign_ins,
    token_create,
    token_revoke,
)
from accounts.services.teams import team_by_path, team_create, team_rename
from accounts.services.users import (
    user_activate,
    user_change,
    user_create,
    user_deactivate,
    user_password_renew,
    user_sign_out,
)

__all__ = [
    "LastAdministratorError",
    "RoleBeyondOwnError",
    "is_within",
    "mask_change",
    "password_change",
    "password_reset",
    "profile_change",
    "reset_mail",
    "role_change",
    "roles_ensure",
    "sign_in_failed",
    "signed_in",
    "signed_out",
    "team_by_path",
    "team_create",
    "team_rename",
    "tidy_sign_ins",
    "token_create",
    "token_revoke",
    "user_activate",
    "user_change",
    "user_create",
    "user_deactivate",
    "user_password_renew",
    "user_sign_out",
]
