"""The templates that every installation begins with; one that a person has changed or taken out of use stays so."""

from __future__ import annotations

from typing import Any

from customers.models import Stage
from followups.models import MessageTemplate

Purpose = MessageTemplate.Purpose

# code: for whom, names, subjects, and what stands between greeting and signature. A gap is for the sender's own words.
GAP = "\n\n\n\n"
TEMPLATES: dict[str, dict[str, Any]] = {
    "thanks": {
        "purpose": Purpose.THANKS,
        "stage": Stage.AFTER_SALE,
        "name_en": "Thanks for the order",
        "name_zh": "感谢下单",
        "subject_en": "Thank you for your order",
        "subject_zh": "感谢您的信任",
        "body_en": "thank you for choosing {{product}}. If anything isn't as it should be, tell me directly: "
        "{{owner_phone}}.",
        "body_zh": "感谢您选购{{上次购买}}。使用中有任何问题，请直接联系我：{{负责人电话}}。",
    },
    "after_proposal": {
        "purpose": Purpose.AFTER_PROPOSAL,
        "stage": Stage.PROPOSAL,
        "name_en": "After the proposal",
        "name_zh": "方案跟进",
        "subject_en": "Our proposal: what is still open?",
        "subject_zh": "方案中还有哪些需要确认？",
        "body_en": "you have our proposal now. Which point should I explain, and what would make the decision easier "
        "for you? I can go through it with you by phone in ten minutes.",
        "body_zh": "方案已发给您。其中哪一点需要我再说明？还有什么能帮助您做决定？我们可以用十分钟电话沟通。",
    },
    "answer": {
        "purpose": Purpose.ANSWER,
        "name_en": "Answer to a question",
        "name_zh": "答疑",
        "subject_en": "Your question",
        "subject_zh": "关于您的问题",
        "body_en": f"you asked a question. Here is the answer:{GAP}Does that settle it? Otherwise call me.",
        "body_zh": f"您提的问题，答复如下：{GAP}如果还有不清楚的地方，请随时联系我。",
    },
    "greeting": {
        "purpose": Purpose.GREETING,
        "name_en": "Greeting",
        "name_zh": "节日问候",
        "subject_en": "Best wishes from {{company}}",
        "subject_zh": "{{公司}}祝您节日快乐",
        "body_en": "best wishes to you and your family from all of us.",
        "body_zh": "祝您和家人节日快乐、身体健康！",
    },
    "value": {
        "purpose": Purpose.VALUE,
        "stage": Stage.FIRST_CONTACT,
        "name_en": "Value information",
        "name_zh": "价值信息",
        "subject_en": "Something of use to you",
        "subject_zh": "一份对您有用的资料",
        "body_en": f"this may be of use to you:{GAP}If you like, I send you more about it.",
        "body_zh": f"这份资料可能对您有用：{GAP}如果您感兴趣，我再发详细内容给您。",
    },
    "success": {
        "purpose": Purpose.SUCCESS,
        "stage": Stage.PROPOSAL,
        "name_en": "Success case",
        "name_zh": "成功案例",
        "subject_en": "How another customer did it",
        "subject_zh": "一个同行的做法",
        "body_en": "a customer of ours stood where you stand now. This is what they did, and what came of it:" + GAP,
        "body_zh": f"我们有一位客户，情况和您相似。他们的做法和效果是：{GAP}",
    },
    "advice": {
        "purpose": Purpose.ADVICE,
        "stage": Stage.NEEDS,
        "name_en": "Personal advice",
        "name_zh": "个性化建议",
        "subject_en": "What I would suggest in your case",
        "subject_zh": "给您的一点建议",
        "body_en": "I have thought about what you told me. In your case I would suggest:" + GAP + "What do you think?",
        "body_zh": f"根据您上次谈到的情况，我的建议是：{GAP}您觉得怎么样？",
    },
    "needs": {
        "purpose": Purpose.NEEDS,
        "frequency": "low",
        "name_en": "Learning what is needed",
        "name_zh": "了解需求",
        "subject_en": "May I ask you two questions?",
        "subject_zh": "想请教您两个问题",
        "body_en": "we haven't heard from each other for a while. What do you need most just now, and what should we "
        "do better? A sentence in reply is enough.",
        "body_zh": "有一段时间没联系了。您目前最需要什么？我们有哪些地方可以做得更好？回复一句话就可以。",
    },
}
AROUND = {
    "body_en": ("Dear {{salutation}},\n\n", "\n\nKind regards\n{{sender}}\n{{company}}"),
    "body_zh": ("{{称呼}}，您好！\n\n", "\n\n祝好\n{{发送人}}\n{{公司}}"),
}


def templates_ensure() -> None:
    """Make those that are missing."""
    there = set(MessageTemplate.objects.filter(code__in=TEMPLATES).values_list("code", flat=True))
    for code, values in TEMPLATES.items():
        if code not in there:
            bodies = {name: begin + values[name].strip() + end for name, (begin, end) in AROUND.items()}
            MessageTemplate.objects.create(code=code, **values | bodies)
