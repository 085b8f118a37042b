"""The people of the demo company: three teams of four reps, their leads, a manager and the company-wide roles."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from accounts.models import Role, Team, User
from accounts.services import team_change, team_create

HOST = "demo.keben.example"
TEAMS = (
    ("east", "华东组", "lead", "周敏", (("lin", "林晓岚"), ("zhang", "张宇航"), ("chen", "陈立"), ("xu", "徐佳宁"))),
    (
        "south",
        "华南组",
        "lead2",
        "梁志远",
        (("he", "何思涵"), ("luo", "罗永达"), ("deng", "邓雨欣"), ("pan", "潘俊杰")),
    ),
    (
        "north",
        "华北组",
        "lead3",
        "韩静",
        (("guo", "郭振华"), ("song", "宋若兰"), ("tian", "田浩然"), ("qin", "秦书文")),
    ),
)
COMPANY_WIDE = (
    ("agent", "service_agent", "唐丽"),
    ("auditor", "auditor", "冯清平"),
    ("admin", "administrator", "沈景明"),
)
# What bin/start prints: one account a role.
SHOWN = (("rep", "lin"), ("manager", "manager"), ("admin", "admin"))


@dataclass(frozen=True)
class People:
    """Made users by region; `reps[region]` in fixed order."""

    reps: dict[str, list[User]]
    leads: dict[str, User]
    manager: User
    agent: User
    admin: User


def address(name: str) -> str:
    """The sign-in e-mail of a demo account."""
    return f"{name}@{HOST}"


def restore_shown_passwords(password: str) -> None:
    """Let the sign-ins that a start prints work, where somebody has changed them or DEMO_PASSWORD is another now."""
    for user in User.objects.filter(email__in=[address(key) for _role, key in SHOWN]):
        if not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])


def make_people(password: str) -> People:
    """Teams and users; all share the demo password of this installation."""
    secret = make_password(password)
    root = team_create(name="销售部")
    reps, leads = {}, {}
    for region, team_name, lead_key, lead_name, members in TEAMS:
        team = team_create(name=team_name, parent=root)
        leads[region] = _user(lead_key, lead_name, "team_lead", team, secret)
        team_change(team=team, by=leads[region], lead=leads[region])
        reps[region] = [_user(key, name, "rep", team, secret) for key, name in members]
    manager = _user("manager", "苏明远", "manager", root, secret)
    wide = {key: _user(key, name, role, None, secret) for key, role, name in COMPANY_WIDE}
    return People(reps, leads, manager, wide["agent"], wide["admin"])


def _user(key: str, name: str, role: str, team: Team | None, secret: str) -> User:
    return User.objects.create(
        name=name, email=address(key), role=Role.objects.get(code=role), team=team, password=secret
    )
