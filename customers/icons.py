"""The picture of each way of contact, wherever one is shown."""

from collections.abc import Mapping

from customers.models import InteractionKind

KIND_ICONS: Mapping[str, str] = {
    InteractionKind.VISIT: "map-pin",
    InteractionKind.CALL: "phone",
    InteractionKind.EMAIL: "mail",
    InteractionKind.SMS: "message-circle",
    InteractionKind.WECHAT: "messages-square",
    InteractionKind.MEETING: "users",
    InteractionKind.VIDEO: "video",
    InteractionKind.CHAT: "message-circle",
    InteractionKind.NOTE: "sticky-note",
    InteractionKind.OTHER: "ellipsis",
}
