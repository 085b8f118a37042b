"""Activities from files: what was logged elsewhere. Nothing is planned or closed by them; the night reckons anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import User
from core import clock, company
from core.refusals import BadCellError
from customers.identity import name_key
from customers.imports.named import CUSTOMER_COLUMNS, customers_named, read_customer
from customers.imports.newcomers import HOME, brought_by, remember
from customers.imports.owners import PossibleOwners
from customers.imports.recorded import INTERACTION
from customers.imports.undo import not_own_to_delete
from customers.models import Attachment, Comment, Contact, Interaction, InteractionKind, InteractionResult
from customers.services.interactions import contacts_count_again
from customers.services.stages import facts_locked
from intake import cellkinds, record, stage, values
from intake.cells import Cells
from intake.forms import DATE_ORDER
from intake.kinds import Column, Kind, Run
from intake.parts import USED, Look, Part, Stay
from intake.plain import COUNTS, Read, Row, needed, plain_steps
from intake.spelling import word
from ui import formatting

BATCH = 500
MOST_MINUTES = 24 * 60
KINDS = {
    **dict.fromkeys(("拜访", "上门", "上门拜访", "面访", "visit", "on-site"), InteractionKind.VISIT),
    **dict.fromkeys(("电话", "通话", "打电话", "call", "phone", "phone call"), InteractionKind.CALL),
    **dict.fromkeys(("邮件", "email", "e-mail", "mail"), InteractionKind.EMAIL),
    **dict.fromkeys(("短信", "sms", "text"), InteractionKind.SMS),
    **dict.fromkeys(("微信", "企业微信", "wechat"), InteractionKind.WECHAT),
    **dict.fromkeys(("会议", "会面", "meeting"), InteractionKind.MEETING),
    **dict.fromkeys(("视频", "视频会议", "video", "video call"), InteractionKind.VIDEO),
    **dict.fromkeys(("在线沟通", "聊天", "chat"), InteractionKind.CHAT),
    **dict.fromkeys(("备注", "内部备注", "note", "internal note"), InteractionKind.NOTE),
    **dict.fromkeys(("其他", "其它", "other", "task"), InteractionKind.OTHER),
}
RESULTS = {
    **dict.fromkeys(("已联系", "已接通", "接通", "reached", "connected"), InteractionResult.REACHED),
    **dict.fromkeys(("未接", "无人接听", "未接通", "no answer", "busy", "left voicemail"), InteractionResult.NO_ANSWER),
    **dict.fromkeys(("有意向", "感兴趣", "interested"), InteractionResult.INTERESTED),
    **dict.fromkeys(("需考虑", "考虑中", "needs time"), InteractionResult.NEEDS_TIME),
    **dict.fromkeys(("已发方案", "已报价", "proposal sent"), InteractionResult.PROPOSAL_SENT),
    **dict.fromkeys(("已拒绝", "拒绝", "declined"), InteractionResult.DECLINED),
    **dict.fromkeys(("完成", "已完成", "done", "completed"), InteractionResult.DONE),
}
DIRECTIONS = {
    **dict.fromkeys(("out", "outgoing", "outbound", "呼出", "去电", "主动"), Interaction.Direction.OUT),
    **dict.fromkeys(("in", "incoming", "inbound", "呼入", "来电", "客户来访"), Interaction.Direction.IN),
}
COLUMNS = (
    *CUSTOMER_COLUMNS,
    Column(
        "occurred_at",
        gettext_lazy("when"),
        ("跟进时间", "跟进日期", "拜访时间", "拜访日期", "日期", "时间", "date", "activity date", "datetime"),
        holds=cellkinds.DATE,
    ),
    Column(
        "kind", gettext_lazy("method"), ("跟进方式", "方式", "拜访方式", "类型", "type", "activity type", "channel")
    ),
    Column("result", gettext_lazy("result"), ("跟进结果", "结果", "outcome", "call result")),
    Column(
        "summary",
        gettext_lazy("note"),
        ("跟进内容", "内容", "沟通内容", "拜访记录", "记录", "备注", "description", "comments", "notes", "subject"),
        several_lines=True,
    ),
    Column("contact", gettext_lazy("contact"), ("联系人", "联系人姓名", "contact name", "contact person")),
    Column("direction", gettext_lazy("direction"), ("方向", "呼叫方向", "call direction")),
    Column("minutes", gettext_lazy("minutes"), ("时长", "时长(分钟)", "分钟", "duration"), holds=cellkinds.QUANTITY),
    Column("place", gettext_lazy("place"), ("地点", "位置", "location")),
    Column(
        "colleague",
        gettext_lazy("who (e-mail or mobile or name)"),
        ("跟进人", "业务员", "负责人", "销售", "拜访人", "owner", "assigned to", "user", "sales rep"),
    ),
)


def activity_reader(run: Run) -> Read:
    """Reads one activity; in whose name it may be is asked once for each process."""
    order, zone = run.job.options.get("date_format", ""), company.zone()

    def read(cells: Mapping[str, str]) -> dict[str, Any]:
        cell = Cells(COLUMNS, cells)
        data = read_customer(cell) | {
            "occurred_at": cell("occurred_at", lambda text: _moment(text, order), wanted=True),
            "kind": cell("kind", lambda text: _code(text, InteractionKind, KINDS)) or InteractionKind.OTHER.value,
            "result": cell("result", lambda text: _code(text, InteractionResult, RESULTS)),
            "summary": cell("summary", values.paragraphs),
            "contact": cell("contact", lambda text: values.short(text, 80)),
            "direction": cell("direction", lambda text: _code(text, Interaction.Direction, DIRECTIONS)),
            "minutes": cell("minutes", _minutes),
            "place": cell("place", lambda text: values.short(text, 200)),
            "colleague": cell("colleague", lambda text: values.short(text, 200)),
        }
        if data["kind"] == InteractionKind.NOTE:
            data |= {"result": "", "direction": Interaction.Direction.INTERNAL.value}
        else:
            data["result"] = data["result"] or InteractionResult.REACHED.value
        return data

    def _moment(text: str, order: str) -> str:
        found = values.moment(text, zone, order)
        if found > clock.now():
            raise BadCellError(_("“%(value)s” lies in the future.") % {"value": values.shown(text)})
        return found.isoformat()

    return read


def _code(text: str, choices: Any, words: Mapping[str, str]) -> str:
    """The code that a cell means: by code, by the product's own words in both languages, or by usual ones."""
    called = {word(str(label)): code for code, label in choices.choices} | {
        word(key): code for key, code in words.items()
    }
    code = called.get(word(text), word(text))
    if code not in choices.values:
        known = formatting.listed([str(label) for label in choices.labels])
        unknown = _("“%(value)s” isn't known. Possible are %(known)s.")
        raise BadCellError(unknown % {"value": values.shown(text), "known": known})
    return str(code)


def _minutes(text: str) -> int:
    found = values.quantity(text)
    if found != int(found) or not 0 <= found <= MOST_MINUTES:
        raise BadCellError(_("Write whole minutes, at most a day (1440)."))
    return int(found)


def write_activities(run: Run, rows: Sequence[Row]) -> None:
    """Note them as far as they aren't there; equal ones of a customer at one moment are one."""
    whose = customers_named(run.user, "interaction.add", rows)
    colleagues = PossibleOwners.of(run.user, "interaction.change")
    kept = [row for row in rows if not row.reason]
    customers = sorted({whose[row.row_no].pk for row in kept})
    facts_locked(customers)
    times = [datetime.fromisoformat(row.data["occurred_at"]) for row in kept]
    # unscoped: of the customers that the sender named
    stored = Interaction.all_objects.filter(customer__in=customers, occurred_at__in=times, deleted_at=None)
    there = Counter(stored.values_list("customer", "occurred_at", "kind", "summary"))
    people: dict[tuple[int, str], int] = {}
    for pk, of, name in Contact.objects.filter(customer__in=customers).values_list("pk", "customer", "name"):
        people.setdefault((of, name_key(name)), pk)
    new: list[Interaction] = []
    for row, at in zip(kept, times, strict=True):
        data, customer = row.data, whose[row.row_no]
        author = run.user
        if data["colleague"]:
            try:
                author = colleagues.find(data["colleague"])
            except BadCellError:
                unknown = _("who: there is no colleague %(name)s for whom you may write. Leave the cell empty for you.")
                row.reason = unknown % {"name": data["colleague"]}
                continue
        identity = (customer.pk, at, data["kind"], data["summary"])
        if there[identity]:
            row.outcome = "unchanged"
            continue
        there[identity] += 1
        contact = people.get((customer.pk, name_key(data["contact"]))) if data["contact"] else None
        new.append(
            Interaction(
                customer=customer,
                user=author,
                contact_id=contact,
                participants="" if contact else data["contact"],
                kind=data["kind"],
                direction=data["direction"] or Interaction.Direction.OUT,
                result=data["result"],
                summary=data["summary"],
                minutes=data["minutes"] if data["minutes"] != "" else None,
                place=data["place"],
                occurred_at=at,
                created_by=run.user,
                updated_by=run.user,
            )
        )
        row.outcome = "created"
    made = Interaction.all_objects.bulk_create(new)
    record.made(run.job, INTERACTION, [entry.pk for entry in made])
    touched = sorted({entry.customer_id for entry in made})
    for pk in touched:
        contacts_count_again(pk)
    remember(run.job, touched)


class ActivityPart(Part):
    """New entries go, unless somebody has answered or corrected them; what they counted is counted anew."""

    rows = INTERACTION
    model = Interaction
    made_words = kept_words = ngettext_lazy("%(n)s log entry", "%(n)s log entries", "n")
    customers = "interactions"
    reasons: ClassVar[dict[str, Any]] = {USED: gettext_lazy("has comments or files")}

    def touched(self, look: Look) -> Iterable[Stay]:
        yield from not_own_to_delete(look, Interaction, self.what, "interaction.delete")
        made = look.of(self.what, made=True)
        commented = Comment.objects.filter(interaction__in=made).values_list("interaction", flat=True)
        filed = Attachment.all_objects.filter(on="interaction", on_id__in=made).values_list("on_id", flat=True)
        yield from (Stay(pk, USED) for pk in {*commented, *filed})

    def names(self, ids: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
        rows = Interaction.all_objects.for_user(user).filter(pk__in=ids).select_related("customer")
        return {row.pk: (row.customer.name, reverse("customer", args=[row.customer_id])) for row in rows}

    def lock(self, ids: Sequence[int]) -> None:
        """Facts first, as whoever logs something."""
        of = Interaction.all_objects.filter(pk__in=ids).values_list("customer_id", flat=True)
        facts_locked(sorted(set(of)))
        super().lock(ids)

    def remove(self, look: Look, ids: Sequence[int]) -> None:
        of = sorted(set(Interaction.all_objects.filter(pk__in=ids).values_list("customer_id", flat=True)))
        super().remove(look, ids)
        for customer in of:
            contacts_count_again(customer)


def _check(mapping: Mapping[str, str]) -> str:
    if not {"customer_no", "customer_name"} & set(mapping):
        return _("Choose the column of the customer: its number (customer_no) or name (customer_name).")
    return needed(COLUMNS, "occurred_at")(mapping)


ACTIVITIES = Kind(
    code="activities",
    label=gettext_lazy("activities"),
    permission="interaction.add",
    columns=COLUMNS,
    steps=plain_steps(activity_reader, write_activities, batch=BATCH),
    check=_check,
    errors=stage.job_errors,
    intact=stage.is_whole,
    clear=stage.clear,
    counts=COUNTS,
    new="created",
    changes=("created",),
    asks_for_a_night=True,
    options=(DATE_ORDER,),
    chosen=True,
    brought=brought_by,
    home=HOME,
    notes=(gettext_lazy("Activities of a file count in the history; they close no follow-up and move no stage."),),
    undo=(ActivityPart(),),
    undo_permissions=("interaction.add",),
)
