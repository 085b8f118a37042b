"""What a file of customers may bring, and the words by which its columns are recognised."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.refusals import BadCellError
from customers import birthdays
from customers.imports.meanings import CONSENT, CUSTOMER_KIND
from customers.models import ConsentChannel, OwnField, OwnKind, own_fields
from intake.cellkinds import DATE, EMAIL, NAME, NUMBER, PHONE, TEXT, CellKind
from intake.kinds import Column
from intake.values import looks_like_date

TEXTS = (
    "number", "name", "phone", "phone2", "email", "email2", "wechat", "address", "region", "business_scope",
    "market_position", "growth", "credit_code", "occupation", "hobbies",
    "spending_habits", "personality", "communication_style",
)  # fmt: skip
PHONES = ("phone", "phone2")
EMAILS = ("email", "email2")
FURTHER = ("further_phones", "further_emails")  # cells with any number of them
DATES = ("founded_on",)
# Columns about being written to, and the channel of each.
CONSENTS = {"consent": "", **{f"consent_{channel.value}": channel.value for channel in ConsentChannel}}
CONTACT_TEXTS = {
    "contact_name": "name",
    "contact_position": "position",
    "contact_phone": "phone",
    "contact_email": "email",
    "contact_wechat": "wechat",
    "contact_rank": "rank",
    "contact_authority": "authority",
    "contact_notes": "notes",
}


def _is_birthday(text: str) -> bool:
    try:
        birthdays.read(text, lunar=True)
    except BadCellError:
        return looks_like_date(text)
    return True


BIRTHDAY = CellKind(_is_birthday, dated=True)
COLUMNS = (
    Column(
        "number",
        gettext_lazy("customer number"),
        ("客户编号", "客户号", "会员号", "会员卡号", "编号", "customerid", "customerno", "customernumber", "id"),
        near=("no", "账号", "recordid", "accountnumber"),
        holds=NUMBER,
        also=("customer_no",),
    ),
    Column(
        "name",
        gettext_lazy("customer name"),
        (
            *("客户名称", "客户姓名", "公司名称", "姓名", "名称", "客户", "公司"),
            *("company", "companyname", "fullname", "customer"),
        ),
        near=("accountname", "account", "单位", "企业"),
        holds=NAME,
    ),
    Column("first_name", gettext_lazy("first name"), ("firstname", "givenname", "名"), holds=NAME),
    Column("last_name", gettext_lazy("last name"), ("lastname", "surname", "familyname", "姓"), holds=NAME),
    Column(
        "kind", gettext_lazy("customer kind"), ("客户类型", "类型", "类别", "type", "customertype"), holds=CUSTOMER_KIND
    ),
    Column(
        "phone",
        gettext_lazy("phone"),
        ("手机", "手机号", "手机号码", "电话", "联系电话", "联系手机", "mobile", "tel", "telephone", "phonenumber"),
        holds=PHONE,
    ),
    Column("phone2", gettext_lazy("second phone"), ("电话2", "备用电话", "座机", "mobile2"), holds=PHONE),
    Column("email", gettext_lazy("e-mail"), ("邮箱", "电子邮箱", "邮件", "mail", "emailaddress"), holds=EMAIL),
    Column("email2", gettext_lazy("second e-mail"), ("邮箱2", "备用邮箱", "mail2", "secondaryemail"), holds=EMAIL),
    Column(
        "further_phones",
        gettext_lazy("further phones"),
        ("其他电话", "更多电话", "其他手机", "otherphones", "morephones"),
        several_lines=True,
    ),
    Column(
        "further_emails",
        gettext_lazy("further e-mails"),
        ("其他邮箱", "更多邮箱", "otheremails", "moreemails", "additionalemails"),
        several_lines=True,
    ),
    Column("wechat", gettext_lazy("WeChat"), ("微信", "微信号")),
    Column("address", gettext_lazy("address"), ("地址", "联系地址", "详细地址", "street"), several_lines=True),
    Column(
        "region",
        gettext_lazy("region"),
        ("地区", "区域", "省份", "城市", "国家", "country", "city", "province"),
        near=("state", "省"),
        holds=NAME,
    ),
    Column("industry", gettext_lazy("industry"), ("行业", "所属行业")),
    Column("company_size", gettext_lazy("company size"), ("规模", "公司规模", "人数", "employees")),
    Column("market_standing", gettext_lazy("market standing"), ("市场地位", "行业地位", "marketstanding")),
    Column("business_scope", gettext_lazy("business scope"), ("经营范围", "主营业务"), several_lines=True),
    Column("market_position", gettext_lazy("market position"), ("市场定位", "竞争地位"), several_lines=True),
    Column("growth", gettext_lazy("growth"), ("成长性", "发展情况", "增长情况"), several_lines=True),
    Column("credit_code", gettext_lazy("credit code"), ("统一社会信用代码", "信用代码", "税号", "taxid")),
    Column("occupation", gettext_lazy("occupation"), ("职业",)),
    Column("hobbies", gettext_lazy("hobbies"), ("爱好", "兴趣"), several_lines=True),
    Column(
        "income_band", gettext_lazy("income band"), ("收入", "收入水平", "收入档次", "年收入", "income", "incomelevel")
    ),
    Column("spending_habits", gettext_lazy("spending habits"), ("消费习惯", "消费偏好"), several_lines=True),
    Column("personality", gettext_lazy("personality"), ("性格", "性格特点", "个性"), several_lines=True),
    Column(
        "communication_style", gettext_lazy("communication style"), ("沟通风格", "沟通方式偏好"), several_lines=True
    ),
    Column("decision_style", gettext_lazy("decision style"), ("决策风格", "决策类型", "购买决策风格")),
    Column("price_sensitivity", gettext_lazy("price sensitivity"), ("价格敏感度", "价格敏感")),
    Column(
        "reasons", gettext_lazy("what decides a purchase"), ("购买决定因素", "决定因素", "购买关注点", "buyingreasons")
    ),
    Column("gender", gettext_lazy("sex"), ("性别", "gender")),
    Column("birthday", gettext_lazy("birthday"), ("生日", "出生日期", "birthdate", "dateofbirth"), holds=BIRTHDAY),
    Column(
        "lunar_birthday",
        gettext_lazy("lunar birthday"),
        ("农历生日", "阴历生日", "旧历生日", "lunarbirthdate", "lunardateofbirth"),
        holds=BIRTHDAY,
    ),
    Column(
        "birthday_calendar",
        gettext_lazy("calendar of the birthday"),
        ("历法", "生日类型", "生日历法", "是否农历", "农历", "birthdayislunar", "lunar", "islunar"),
    ),
    Column("founded_on", gettext_lazy("founded on"), ("成立日期", "founded"), holds=DATE),
    Column("notes", gettext_lazy("notes"), ("备注", "说明", "comment", "comments", "remarks"), several_lines=True),
    Column("channel", gettext_lazy("source channel"), ("渠道", "来源", "客户来源", "source", "channel", "leadsource")),
    Column(
        "consent",
        gettext_lazy("consent to offers and news"),
        (
            *("营销同意", "同意营销", "营销许可", "同意接收", "接收意愿"),
            *("联系意愿", "是否可联系", "可否联系", "允许联系"),
            *("marketingconsent", "optin", "consenttocontact", "contactconsent", "gdprconsent"),
        ),
        near=("同意", "permission"),
        holds=CONSENT,
    ),
    Column(
        "consent_email",
        gettext_lazy("consent by e-mail"),
        ("邮件同意", "同意邮件", "接收邮件", "邮件订阅", "emailconsent", "emailoptin", "emailpermission"),
        holds=CONSENT,
    ),
    Column(
        "consent_sms",
        gettext_lazy("consent by SMS"),
        ("短信同意", "同意短信", "接收短信", "短信订阅", "smsconsent", "smsoptin", "smspermission", "textconsent"),
        holds=CONSENT,
    ),
    Column(
        "consent_wechat",
        gettext_lazy("consent by WeChat"),
        ("微信同意", "同意微信", "接收微信", "wechatconsent", "wechatoptin"),
        holds=CONSENT,
    ),
    Column(
        "consent_on",
        gettext_lazy("day of the consent"),
        ("同意日期", "同意时间", "授权日期", "consentdate", "dateofconsent", "optindate"),
        holds=DATE,
    ),
    Column(
        "referred_by",
        gettext_lazy("referred by"),
        ("推荐人", "介绍人", "转介绍人", "referrer", "referredby", "推荐客户"),
    ),
    Column("tags", gettext_lazy("tags"), ("标签", "labels")),
    Column(
        "owner_email",
        gettext_lazy("owner (e-mail or mobile or name)"),
        ("负责人邮箱", "业务员邮箱", "负责人", "业务员", "owner", "salesemail"),
        near=("销售", "accountowner", "contactowner", "companyowner", "salesrep"),
    ),
    Column("contact_name", gettext_lazy("contact person"), ("联系人", "联系人姓名", "contact"), holds=NAME),
    Column("contact_first_name", gettext_lazy("contact's first name"), ("联系人名",), holds=NAME),
    Column("contact_last_name", gettext_lazy("contact's last name"), ("联系人姓",), holds=NAME),
    Column(
        "contact_position", gettext_lazy("contact's position"), ("职位", "职务", "联系人职位", "position", "jobtitle")
    ),
    Column("contact_phone", gettext_lazy("contact's phone"), ("联系人电话", "联系人手机"), holds=PHONE),
    Column("contact_email", gettext_lazy("contact's e-mail"), ("联系人邮箱",), holds=EMAIL),
    Column("contact_wechat", gettext_lazy("contact's WeChat"), ("联系人微信", "联系人微信号")),
    Column("contact_rank", gettext_lazy("contact's rank"), ("职级", "联系人职级", "级别")),
    Column(
        "contact_authority",
        gettext_lazy("contact's decision authority"),
        ("决策权", "决策角色", "联系人决策权", "决策权限", "buyingrole", "decisionauthority"),
    ),
    Column("contact_notes", gettext_lazy("contact's notes"), ("联系人备注",), several_lines=True),
)
LABELS = {column.name: column.label for column in COLUMNS}
OWN_MARK = "own_"  # begins the codes of own fields' columns, as forms call them


class AllColumns(Sequence[Column]):
    """Those and the company's own fields, as they are at this moment."""

    def _all(self) -> tuple[Column, ...]:
        return (*COLUMNS, *map(_own_column, own_fields()))

    def __getitem__(self, at: Any) -> Any:
        return self._all()[at]

    def __len__(self) -> int:
        return len(self._all())


def _own_column(field: OwnField) -> Column:
    holds = DATE if field.kind == OwnKind.DATE else TEXT
    return Column(field.field_name, _name_of(field), (field.name_en, field.name_zh, field.code), holds=holds)


def _in_words(field: OwnField) -> str:
    return field.name


_name_of = lazy(_in_words, str)


def label_of(name: str) -> Any:
    """What a column is called; one of an own field that was retired meanwhile by its code."""
    if name in LABELS:
        return LABELS[name]
    return next((field.name for field in own_fields() if field.field_name == name), name)


def missing(mapping: Mapping[str, str]) -> str:
    """What this mapping lacks, as a sentence."""
    if not {"number", "name", "first_name", "last_name"} & set(mapping):
        return _("Choose the column with the customer's name (name) or number (number).")
    named = {"contact_name", "contact_first_name", "contact_last_name"} & set(mapping)
    if not named and any(name in mapping for name in CONTACT_TEXTS):
        return _("Choose the column with the contact person's name (contact_name) too.")
    return ""
