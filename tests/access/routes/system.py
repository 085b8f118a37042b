"""Routes of the area "system"; how to write an entry: docs/access.md."""

from typing import Any

from core.contributions import registry
from core.models import NumberChange
from tests.access.matrix import OPEN, SIGNED_IN, Route, exported
from tests.access.world import World

# No run or mail has this number: who is let in gets 404, everybody else is refused before anything is looked up.
NOTHING = {"kwargs": lambda row, world: {"pk": 999_999}, "ok": {404}}
CHANGED = {"name": "Changed", "email": "changed@example.net", "mobile": "", "role": "1", "team": ""}
NEWCOMER = {"people-0-name": "New", "people-0-mobile": "13800138555", "people-0-role": "rep"}


def of_industry(row: Any, world: World) -> dict[str, Any]:
    """The address of an industry among the catalogues."""
    return {"field": "industry", "pk": row.pk}


def _numbers(row: Any, world: World) -> dict[str, Any]:
    """Each number of its page one higher, but for those that go no further."""
    values = {one.key: min(one.most, one.default + 1) for one in registry().numbers.values()}
    return {**values, "seen": NumberChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0}


ROUTES: list[Route] = [
    Route("health", {"GET": "health.view"}),
    Route("job_retry", {"POST": "health.change"}, **NOTHING),
    Route("mail_retry", {"POST": "health.change"}, **NOTHING),
    Route("night_request", {"POST": "health.change"}),
    Route("clock_confirm", {"POST": "health.change"}),
    Route("mail_test", {"POST": "health.change"}),
    Route(
        "backup_settings",
        {"GET": "health.view", "POST": "health.change"},
        data=lambda row, world: {"enabled": "on", "at": "03:00", "keep": "7"},
    ),
    Route("backup_request", {"POST": "health.change"}),
    Route("start_over", {"GET": "setting.delete", "POST": "setting.delete"}, data=lambda row, world: {"name": "x"}),
    Route("first_run", {"GET": "setting.change", "POST": "setting.change"}),
    Route("first_steps_close", {"POST": "setting.change"}),
    Route("first_steps_reopen", {"POST": "setting.change"}),
    Route("open_on_phone", {"GET": SIGNED_IN}),
    Route("logo_change", {"POST": "setting.change"}),
    Route("logo_remove", {"POST": "setting.change"}),
    Route("company_logo", {"GET": OPEN}, kwargs=lambda row, world: {"name": "none"}, ok={404}),
    Route("help", {"GET": SIGNED_IN}),
    Route("help_chapter", {"GET": SIGNED_IN}, kwargs=lambda row, world: {"code": "start"}),
    Route("settings", {"GET": "setting.view"}),
    *(
        Route(page, {"GET": "setting.view", "POST": "setting.change"}, data=_numbers)
        for page in ("numbers_sign_in", "numbers_limits", "numbers_kept", "numbers_work")
    ),
    Route("number_put_back", {"POST": "setting.change"}, kind="number"),
    Route(
        "company_settings",
        {"GET": "setting.view", "POST": "setting.change"},
        data=lambda row, world: {"name": "Changed", "sells_to": "both", "check_in_radius": "300"},
    ),
    Route(
        "file_settings",
        {"GET": "setting.view", "POST": "setting.change"},
        data=lambda row, world: {"largest_mb": "10", "quota_mb": "1000"},
    ),
    Route(
        "company_kinds",
        {"GET": "setting.change", "POST": "setting.change"},
        data=lambda row, world: {"kind": "person"},
    ),
    Route("channel_list", {"GET": "setting.view"}),
    Route(
        "channel_new",
        {"GET": "channel.add", "POST": "channel.add"},
        data=lambda row, world: {"name_en": "Fair booth", "name_zh": "展台"},
    ),
    Route(
        "channel_edit",
        {"GET": "channel.change", "POST": "channel.change"},
        kind="channel",
        data=lambda row, world: {"name_en": "Changed", "name_zh": "改"},
    ),
    Route("channel_move", {"POST": "channel.change"}, kind="channel"),
    Route("channel_retire", {"POST": "channel.change"}, kind="channel"),
    Route("channel_restore", {"POST": "channel.change"}, kind="channel"),
    Route(
        "channel_merge",
        {"GET": "channel.delete", "POST": "channel.delete"},
        kind="channel",
        data=lambda row, world: {"into": "2"},
    ),
    *(Route(name, {"GET": "setting.view"}) for name in ("industry_list", "company_size_list", "market_standing_list")),
    *(
        Route(name, {"GET": "setting.view"})
        for name in ("income_band_list", "decision_style_list", "relation_kind_list")
    ),
    Route("capture_form_list", {"GET": "setting.view"}),
    Route("capture_form", {"GET": "setting.view"}, kind="capture_form"),
    Route(
        "capture_form_new",
        {"GET": "setting.change", "POST": "setting.change"},
        data=lambda row, world: {"name_en": "Website", "name_zh": "网站"},
    ),
    Route(
        "capture_form_edit",
        {"GET": "setting.change", "POST": "setting.change"},
        kind="capture_form",
        data=lambda row, world: {"name_en": "Website", "name_zh": "网站", "version": row.version},
    ),
    Route("capture_form_close", {"POST": "setting.change"}, kind="capture_form"),
    Route("capture_form_open", {"POST": "setting.change"}, kind="capture_form"),
    Route("consent_text_list", {"GET": "setting.view"}),
    Route("consent_text", {"GET": "setting.view"}, kind="consent_text"),
    *(
        Route(
            name,
            {"GET": "setting.change", "POST": "setting.change"},
            kind=kind,
            data=lambda row, world: {"name_en": "Mail", "name_zh": "邮件", "words_en": "Yes.", "words_zh": "同意。"},
        )
        for name, kind in (("consent_text_new", ""), ("consent_text_version", "consent_text"))
    ),
    Route("consent_text_retire", {"POST": "setting.change"}, kind="consent_text"),
    Route("consent_text_restore", {"POST": "setting.change"}, kind="consent_text"),
    Route("entry_template_list", {"GET": "setting.view"}),
    Route(
        "entry_template_new",
        {"GET": "setting.change", "POST": "setting.change"},
        query=lambda row, world: {"kind": "company"},
        data=lambda row, world: {"name_en": "Fair", "name_zh": "展会", "asks-phone-level": "must"},
    ),
    Route(
        "entry_template_edit",
        {"GET": "setting.change", "POST": "setting.change"},
        kind="entry_template",
        data=lambda row, world: {"name_en": "Stand", "asks-phone-level": "must", "version": row.version},
    ),
    Route("entry_template_retire", {"POST": "setting.change"}, kind="entry_template"),
    Route("entry_template_restore", {"POST": "setting.change"}, kind="entry_template"),
    Route(
        "entry_template_file",
        {"GET": "import.add"},
        kind="entry_template",
        kwargs=lambda row, world: {"pk": row.pk, "kind": "csv"},
    ),
    Route("own_field_list", {"GET": "setting.view"}),
    Route(
        "own_field_new",
        {"GET": "setting.change", "POST": "setting.change"},
        query=lambda row, world: {"kind": "text"},
        data=lambda row, world: {"name_en": "Contract", "name_zh": "合同"},
    ),
    Route(
        "own_field_edit",
        {"GET": "setting.change", "POST": "setting.change"},
        kind="own_field",
        data=lambda row, world: {"name_en": "Contract", "name_zh": "合同", "version": row.version},
    ),
    Route("own_field_move", {"POST": "setting.change"}, kind="own_field"),
    Route("own_field_retire", {"POST": "setting.change"}, kind="own_field"),
    Route("own_field_restore", {"POST": "setting.change"}, kind="own_field"),
    Route(
        "catalogue_new",
        {"GET": "catalogue.add", "POST": "catalogue.add"},
        kwargs=lambda row, world: {"field": "market_standing"},
        data=lambda row, world: {"name_en": "Pioneer", "name_zh": "先行者"},
    ),
    Route(
        "catalogue_edit",
        {"GET": "catalogue.change", "POST": "catalogue.change"},
        kind="industry",
        kwargs=of_industry,
        data=lambda row, world: {"name_en": "Changed", "name_zh": "改"},
    ),
    Route("catalogue_move", {"POST": "catalogue.change"}, kind="industry", kwargs=of_industry),
    Route("catalogue_retire", {"POST": "catalogue.change"}, kind="industry", kwargs=of_industry),
    Route("catalogue_restore", {"POST": "catalogue.change"}, kind="industry", kwargs=of_industry),
    Route(
        "catalogue_merge",
        {"GET": "catalogue.delete", "POST": "catalogue.delete"},
        kind="industry",
        kwargs=of_industry,
        data=lambda row, world: {"into": "2"},
    ),
    Route("tag_list", {"GET": "setting.view"}),
    Route("tag_new", {"GET": "tag.add", "POST": "tag.add"}, data=lambda row, world: {"name": "Changed"}),
    Route(
        "tag_edit",
        {"GET": "tag.change", "POST": "tag.change"},
        kind="tag",
        data=lambda row, world: {"name": "Changed"},
    ),
    Route("tag_retire", {"POST": "tag.change"}, kind="tag"),
    Route("tag_restore", {"POST": "tag.change"}, kind="tag"),
    Route(
        "tag_merge",
        {"GET": "tag.delete", "POST": "tag.delete"},
        kind="tag",
        data=lambda row, world: {"into": "2"},
    ),
    Route(
        "verification_settings",
        {"GET": "setting.view", "POST": "setting.change"},
        data=lambda row, world: {"every_days": "30", "asked": ["phone"], "version": "0"},
    ),
    Route(
        "steward_new",
        {"GET": "setting.change", "POST": "setting.change"},
        data=lambda row, world: {"user": world.people["mate"].pk},
    ),
    # Nobody is named in the matrix.
    Route(
        "steward_remove",
        {"POST": "setting.change"},
        kwargs=lambda row, world: {"pk": 999_999},
        ok=frozenset({404}),
    ),
    Route("required_fields", {"GET": "setting.view"}),
    Route(
        "required_fields_edit",
        {"GET": "setting.change", "POST": "setting.change"},
        kwargs=lambda row, world: {"kind": "company"},
        data=lambda row, world: {"industry": "always", "version": "0"},
    ),
    Route("complaint_hours", {"GET": "setting.view"}),
    Route(
        "complaint_hours_edit",
        {"GET": "setting.change", "POST": "setting.change"},
        kwargs=lambda row, world: {"severity": "high"},
        data=lambda row, world: {
            "response": "2",
            "response_unit": "hours",
            "solution": "2",
            "solution_unit": "days",
            "version": "0",
        },
    ),
    Route("calendar", {"GET": "setting.view"}),
    Route("calendar_export", {"GET": "setting.view"}),
    Route(
        "calendar_week",
        {"GET": "setting.change", "POST": "setting.change"},
        data=lambda row, world: {"working_week": ["1", "2"], "work_from": "09:00", "work_until": "17:00"},
    ),
    Route(
        "calendar_day",
        {"GET": "setting.change", "POST": "setting.change"},
        kwargs=lambda row, world: {"day": "2026-12-24"},
        data=lambda row, world: {"working": "off", "name": "Changed"},
    ),
    Route(
        "calendar_day_remove",
        {"POST": "setting.change"},
        kwargs=lambda row, world: {"day": "2026-12-24"},
        ok={404},
    ),
    Route(
        "calendar_import",
        {"GET": "setting.change", "POST": "setting.change"},
        data=lambda row, world: {"text": "2026-12-24 off Changed", "confirmed": "1"},
    ),
    Route("user_list", {"GET": "setting.view"}),
    Route("user_new", {"GET": "user.add", "POST": "user.add"}, data=lambda row, world: CHANGED),
    Route("colleagues_add", {"GET": "user.add", "POST": "user.add"}, data=lambda row, world: NEWCOMER),
    Route("user_edit", {"GET": "user.change", "POST": "user.change"}, kind="user", data=lambda row, world: CHANGED),
    *(
        Route(name, {"POST": "user.change"}, kind="user")
        for name in ("user_on", "user_sign_out", "user_password", "user_invite", "user_uninvite")
    ),
    Route("user_off", {"GET": "user.change", "POST": "user.change"}, kind="user"),
    Route("way_settings", {"GET": "setting.view"}),
    # Nobody in the matrix has an account or a number there: who is let in is told so.
    Route("way_test", {"POST": "setting.change"}, kwargs=lambda row, world: {"channel": "sms"}),
    Route("team_list", {"GET": "setting.view"}),
    Route("team_new", {"POST": "team.add"}, data=lambda row, world: {"name": "New", "parent": ""}),
    Route(
        "team_edit", {"GET": "team.change", "POST": "team.change"}, kind="team", data=lambda row, world: {"name": "N"}
    ),
    Route("role_list", {"GET": "role.view"}),
    Route("role_save", {"POST": "role.change"}, kind="role", data=lambda row, world: {"step": "save"}),
    Route("masking", {"GET": "role.view"}),
    Route("masking_save", {"POST": "role.change"}, kind="role", data=lambda row, world: {"step": "save"}),
    Route("audit_list", {"GET": "audit.view"}),
    exported("audit_export", "audit.export"),
]
