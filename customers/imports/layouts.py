"""What CRMs and shops export as customers. Their record numbers aren't the company's customer numbers and stay out.

A row of contacts is a person at a company: the company is the customer. Without a company the person is.
"""

from intake.kinds import Layout

_CONTACT = {
    "contact_first_name": "First Name",
    "contact_last_name": "Last Name",
    "contact_position": ("Title", "Job Title"),
    "contact_email": "Email",
}
_PERSON = {"first_name": "First Name", "last_name": "Last Name", "email": "Email"}

LAYOUTS = (
    Layout(
        "Salesforce",
        ("First Name", "Last Name", "Account Name", "Mailing Street"),
        {
            **_CONTACT,
            "name": "Account Name",
            "contact_phone": ("Mobile", "Phone"),
            "address": "Mailing Street",
            "region": ("Mailing State/Province", "Mailing State", "Mailing City", "Mailing Country"),
            "channel": "Lead Source",
        },
        without=("Record Id",),
    ),
    Layout(
        "Salesforce",
        ("First Name", "Last Name", "Company / Account", "Lead Status"),
        {**_CONTACT, "name": "Company / Account", "contact_phone": ("Mobile", "Phone"), "channel": "Lead Source"},
    ),
    Layout(
        "Salesforce",
        ("Account Name", "Account Owner", "Billing State/Province"),
        {
            "name": "Account Name",
            "number": "Account Number",
            "phone": "Phone",
            "address": "Billing Street",
            "region": "Billing State/Province",
            "industry": "Industry",
            "company_size": "Employees",
            "notes": "Description",
        },
    ),
    Layout(
        "Salesforce",
        ("Id", "Name", "BillingStreet", "OwnerId"),
        {
            "name": "Name",
            "number": "AccountNumber",
            "phone": "Phone",
            "address": "BillingStreet",
            "region": ("BillingState", "BillingCity"),
            "industry": "Industry",
            "company_size": "NumberOfEmployees",
            "notes": "Description",
        },
    ),
    Layout(
        "HubSpot",
        ("Record ID", "First Name", "Last Name", "Email"),
        {
            **_PERSON,
            "phone": ("Mobile Phone Number", "Phone Number"),
            "phone2": "Phone Number",
            "region": ("State/Region", "City", "Country/Region"),
            "address": "Street Address",
            "industry": "Industry",
        },
        without=("Company Name", "Associated Company", "Account Name", "Company"),
    ),
    *(
        Layout(
            "HubSpot",
            ("Record ID", "First Name", "Last Name", "Email", company),
            {
                **_CONTACT,
                "name": company,
                "contact_phone": ("Mobile Phone Number", "Phone Number"),
                "region": ("State/Region", "City", "Country/Region"),
                "industry": "Industry",
            },
        )
        for company in ("Company Name", "Associated Company")
    ),
    Layout(
        "HubSpot",
        ("Record ID", "Company name", "Company owner"),
        {
            "name": "Company name",
            "phone": "Phone Number",
            "address": "Street Address",
            "region": ("State/Region", "City", "Country/Region"),
            "industry": "Industry",
            "company_size": "Number of Employees",
        },
        without=("First Name",),
    ),
    Layout(
        "Zoho CRM",
        ("Record Id", "First Name", "Last Name", "Account Name"),
        {
            **_CONTACT,
            "name": "Account Name",
            "contact_phone": ("Mobile", "Phone"),
            "address": "Mailing Street",
            "region": ("Mailing State", "Mailing City", "Mailing Country"),
            "channel": "Lead Source",
            "notes": "Description",
        },
    ),
    Layout(
        "Zoho CRM",
        ("Record Id", "First Name", "Last Name", "Company"),
        {
            **_CONTACT,
            "name": "Company",
            "contact_phone": ("Mobile", "Phone"),
            "address": "Street",
            "region": ("State", "City", "Country"),
            "industry": "Industry",
            "channel": "Lead Source",
            "notes": "Description",
        },
        without=("Account Name",),
    ),
    Layout(
        "Zoho CRM",
        ("Record Id", "Account Name", "Account Owner"),
        {
            "name": "Account Name",
            "number": "Account Number",
            "phone": "Phone",
            "address": "Billing Street",
            "region": ("Billing State", "Billing City", "Billing Country"),
            "industry": "Industry",
            "company_size": "Employees",
            "notes": "Description",
        },
        without=("First Name",),
    ),
    *(
        Layout(
            "纷享销客",
            (name, owner, "生命状态"),
            {
                "name": name,
                "number": "客户编号",
                "phone": "电话",
                "email": ("邮件", "邮箱"),
                "address": "详细地址",
                "region": ("省", "省份"),
                "industry": ("一级行业", "行业"),
                "channel": ("客户来源", "来源"),
                "notes": "备注",
            },
            without=("销售订单编号", "姓名"),
        )
        for name in ("客户名称", "客户名称（必填）")
        for owner in ("负责人", "负责人（必填）")
    ),
    Layout(
        "纷享销客",
        ("姓名", "客户名称", "职务"),
        {
            "name": "客户名称",
            "contact_name": "姓名",
            "contact_position": "职务",
            "contact_phone": ("手机", "手机1", "电话", "电话1"),
            "contact_email": ("邮件", "邮箱"),
        },
    ),
    Layout(
        "Shopify",
        ("First Name", "Last Name", "Email", "Default Address City"),
        {
            **_PERSON,
            "phone": ("Phone", "Default Address Phone"),
            "address": "Default Address Address1",
            "region": ("Default Address Province Code", "Default Address City", "Default Address Country Code"),
            "consent_email": "Accepts Email Marketing",
            "consent_sms": "Accepts SMS Marketing",
            "notes": "Note",
            "tags": "Tags",
        },
    ),
    Layout(
        "WooCommerce",
        ("user_email", "first_name", "last_name", "billing_phone"),
        {
            "first_name": "first_name",
            "last_name": "last_name",
            "email": "user_email",
            "phone": "billing_phone",
            "address": "billing_address_1",
            "region": ("billing_state", "billing_city", "billing_country"),
        },
    ),
    Layout(
        "淘宝 / 天猫",
        ("买家会员名", "收货人姓名", "联系手机"),
        {
            "name": "收货人姓名",
            "phone": "联系手机",
            "address": ("收货地址", "详细地址"),
            "region": ("收货省份", "省份", "城市"),
            "wechat": "微信号",
        },
        without=("订单编号", "子订单编号"),
    ),
    Layout(
        "京东",
        ("客户账号", "客户姓名", "联系电话"),
        {
            "name": "客户姓名",
            "phone": ("联系手机", "联系电话"),
            "address": ("客户地址", "详细地址"),
            "region": ("省", "省份", "城市"),
        },
        without=("订单号",),
    ),
    Layout(
        "有赞",
        ("客户昵称", "手机号", "成为客户时间"),
        {
            "name": ("姓名", "客户姓名", "客户昵称"),
            "phone": "手机号",
            "gender": "性别",
            "birthday": "生日",
            "region": ("省份", "所在地区", "城市"),
            "wechat": "微信号",
            "channel": ("来源渠道", "来源方式"),
            "tags": ("客户标签", "标签"),
            "notes": "备注",
        },
    ),
)
