"""Words of the demo company: all names are of our own making and stand for nobody."""

from typing import Any

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
GIVEN_FIRST = "晓文佳子雨嘉思明志国建海春秋慧丽静秀雪玉凤永德立宏俊伟学振兴宇浩泽天一梦若清云景书"
GIVEN_SECOND = "岚婷怡涵欣琪宁洁敏霞芳兰英华军强磊鹏飞涛杰超辉斌林森峰亮平安康瑞轩然博远航程诚信义达成铭"
BRAND_FIRST = "恒德海云嘉柏金晟绿博川瑞星正江永彭长新华宏泰盛隆腾捷远卓凯越锦润泽鼎信诚联创优利丰茂荣昌兴旺禾谷山岳"
BRAND_SECOND = "远润蓝杉禾源陵达洲通禾孚瀚泽畔聚城岭阳峰图科域维邦特力康健雅美佳诺迪朗威斯恩森林木石"
CITIES = {
    "east": ["上海", "苏州", "杭州", "宁波", "南京", "无锡", "常州", "嘉兴", "绍兴", "南通", "合肥"],
    "south": ["广州", "深圳", "佛山", "东莞", "厦门", "福州", "长沙", "南宁", "珠海", "中山"],
    "north": ["北京", "天津", "济南", "青岛", "石家庄", "郑州", "西安", "沈阳", "大连", "太原"],
}
INDUSTRIES = {
    "精密机械": ("装备制造", "精密机械"),
    "自动化设备": ("装备制造", "自动化设备"),
    "电子": ("电子信息", "电子"),
    "软件": ("电子信息", "软件"),
    "物流": ("物流仓储", "物流"),
    "食品": ("食品饮料", "食品"),
    "农业科技": ("农业", "农业科技"),
    "环保": ("环保", "环保"),
    "新材料": ("新材料", "新材料"),
    "化工": ("化工", "化工"),
    "纺织": ("纺织服装", "纺织"),
    "医疗器械": ("医疗健康", "医疗器械"),
    "仪表": ("装备制造", "仪表"),
    "餐饮管理": ("餐饮酒店", "餐饮管理"),
    "酒店管理": ("餐饮酒店", "酒店管理"),
    "文化传媒": ("文化服务", "文化传媒"),
    "建材": ("建材家居", "建材"),
    "贸易": ("批发贸易", "贸易"),
}
SUFFIXES = ["有限公司", "有限公司", "有限公司", "科技有限公司", "股份有限公司", "集团"]
ENGLISH_COMPANIES_FIRST = ["Alder", "Birch", "Cobalt", "Dover", "Ember", "Falcon", "Granite", "Harbor", "Indigo",
                           "Juniper", "Kestrel", "Linden", "Maple", "Northgate", "Orchard", "Pioneer", "Quarry", "Ridge",
                           "Sterling", "Tidewater", "Umber", "Vale", "Westbrook", "Yarrow"]  # fmt: skip
ENGLISH_COMPANIES_SECOND = ["Trading", "Components", "Hospitality", "Foods", "Systems", "Logistics", "Textiles", "Labs"]
ENGLISH_GIVEN = ["Anna", "Ben", "Clara", "Daniel", "Elena", "Frank", "Grace", "Henry", "Irene", "Jack", "Karen",
                 "Leo", "Maria", "Nina", "Oscar", "Paula", "Robert", "Susan", "Tom", "Vera"]  # fmt: skip
ENGLISH_SURNAMES = ["Archer", "Bolton", "Carver", "Dalton", "Ellery", "Fenwick", "Garner", "Holden", "Ingram",
                    "Jarvis", "Keller", "Lorimer", "Mercer", "Norwood", "Osborn", "Prescott"]  # fmt: skip
POSITIONS = [
    ("采购经理", "经理", "evaluator"), ("采购总监", "总监", "decider"), ("总经理", "高管", "decider"),
    ("行政主管", "主管", "influencer"), ("财务总监", "总监", "influencer"), ("车间主任", "主管", "user"),
    ("技术工程师", "员工", "evaluator"), ("仓储主管", "主管", "user"), ("办公室主任", "主管", "champion"),
    ("运营经理", "经理", "influencer"),
]  # fmt: skip
OCCUPATIONS = ["教师", "医生", "工程师", "会计", "设计师", "店主", "公务员", "自由职业", "护士", "律师", "销售", "学生"]
HOBBIES = ["羽毛球", "茶道", "摄影", "跑步", "书法", "钓鱼", "烘焙", "徒步", "园艺", "围棋", "瑜伽", "电影"]
TAGS = [
    "价格敏感",
    "重性能",
    "年付意向",
    "转介绍多",
    "礼品采购",
    "节日采购",
    "要求开票",
    "新店筹备",
    "老客户",
    "微信优先",
]

# sku, name, unit price in yuan, unit cost, flag
PRODUCTS = [
    ("TEA-101", "明前龙井 礼盒 250 克", 368, 190, ""), ("TEA-102", "碧螺春 罐装 200 克", 228, 112, ""),
    ("TEA-103", "正山小种 罐装 200 克", 188, 88, ""), ("TEA-104", "茉莉花茶 袋装 500 克", 96, 41, ""),
    ("TEA-105", "普洱熟茶饼 357 克", 158, 66, ""), ("TEA-106", "白毫银针 礼盒 100 克", 428, 231, ""),
    ("TEA-107", "铁观音 礼盒 300 克", 258, 128, ""), ("TEA-108", "办公用袋泡茶 100 包", 59, 24, ""),
    ("POR-201", "青瓷茶具 六件套", 328, 160, ""), ("POR-202", "白瓷盖碗", 78, 32, ""),
    ("POR-203", "紫砂壶 200 毫升", 460, 238, ""), ("POR-204", "会议茶杯 十只装", 150, 68, ""),
    ("POR-205", "景德镇茶叶罐", 118, 52, ""), ("POR-206", "玻璃公道杯", 42, 16, ""),
    ("GFT-301", "端午礼盒 家庭装", 198, 101, ""), ("GFT-302", "中秋礼盒 尊享装", 388, 202, ""),
    ("GFT-303", "年货礼盒 团圆装", 468, 246, ""), ("GFT-304", "商务伴手礼 三件套", 288, 146, ""),
    ("GFT-305", "员工生日礼 茶点组合", 128, 59, ""), ("GFT-306", "定制礼袋 50 只", 175, 80, ""),
    ("MAC-401", "商用泡茶机 M1", 3680, 2350, ""), ("MAC-402", "商用泡茶机 M2 大容量", 6280, 4010, ""),
    ("MAC-403", "净水器 商用", 2480, 1560, ""), ("MAC-404", "滤芯 一年装", 420, 190, ""),
    ("MAC-405", "自动售茶柜", 15800, 10900, ""), ("MAC-406", "泡茶机备件包 B", 320, 140, ""),
    ("SRV-501", "设备年度保养", 1200, 520, ""), ("SRV-502", "茶艺培训 半天", 2600, 1300, ""),
    ("SRV-503", "会议茶歇服务 每人", 48, 22, ""), ("SRV-504", "企业定制包装设计", 1800, 700, ""),
    ("SNK-601", "坚果组合 1 公斤", 98, 52, ""), ("SNK-602", "绿豆糕 12 枚", 46, 19, ""),
    ("SNK-603", "桂花酥 礼盒", 68, 29, ""), ("SNK-604", "会议茶点 20 份", 260, 120, ""),
    ("FEE-901", "运费", 30, 26, "fee"), ("DSC-902", "老客户优惠", -50, 0, "discount"),
]  # fmt: skip

NOTES = {
    "visit": [
        "看了新会议室，想把茶歇标准提一档，要一份按人头的报价。",
        "现场演示了泡茶机，行政主管觉得出水速度合适，担心清洗麻烦，答应发保养说明。",
        "库存还够用一个月左右，约好月底前再确认补货数量。",
        "和采购一起核对了上季度的用量，增加了花茶，减少了红茶。",
        "老板本人在，聊到明年要开两家分店，设备可能一起采购。",
        "对方仓库搬家，收货地址有变，已经记在档案里。",
        "样品都试过了，最满意碧螺春，嫌礼盒包装偏大。",
        "Walked through the new office; they want tea service for 120 people from next month.",
        "Demo of the brewing machine went well. Facilities worry about cleaning; sent the maintenance sheet.",
        "Checked stock together: about four weeks left. They will confirm the quantity before month end.",
    ],
    "call": [
        "电话确认了中秋礼盒的数量，还在等财务批复。",
        "问到能不能月结，答应和财务商量后周四前回复。",
        "对上次送货很满意，收货的同事专门提到包装仔细。",
        "这个月预算用完了，下个月初再联系。",
        "想知道新茶什么时候到，说好到货先通知他们。",
        "竞争对手报价低一成，解释了售后和换货的差别。",
        "孩子刚出生，这阵子少喝茶，送了祝福。",
        "Asked about monthly invoicing; promised an answer by Thursday.",
        "Happy with the last delivery. No need this month, call again in six weeks.",
        "Competitor quoted 10 % lower. Explained service and returns; they will think it over.",
    ],
    "wechat": [
        "发了新品图片，对方回复喜欢青瓷那一套，问有没有现货。",
        "转发了保养提醒，客户说滤芯该换了，让发链接。",
        "聊了几句近况，约下周来店里品茶。",
        "发了节日问候，客户很快回复感谢。",
        "询问开票信息，已经补充税号。",
        "Sent photos of the new gift boxes; they liked the smaller one.",
    ],
    "email": [
        "按要求发了三档报价和样品清单，对方说两天内答复。",
        "寄出年度用量对账单，请对方核对。",
        "Sent the quotation with three options and the sample list.",
        "Sent the yearly statement for their records.",
    ],
    "meeting": [
        "和采购、财务一起开会，定下按季度下单，价格按年锁定。",
        "会上讨论了二期设备，技术部要求提供兼容性说明。",
        "Joint meeting with purchasing and finance: quarterly orders, price fixed for the year.",
    ],
}
NOBODY_ANSWERED = ["没有人接，转到语音信箱。", "响了很久没接，下午再打。", "占线，改天再打。", ""]
NEEDS = ["分期付款", "小规格包装", "定制礼袋印标志", "月结", "设备租赁", "上门培训", "冷泡茶系列"]
COMPLAINTS = [
    ("delivery", "外箱破损，里面两只盖碗碎了，要求补发。", "已补发并由物流赔付，客户确认收到。"),
    ("delivery", "送货晚了三天，活动当天没有茶点可用。", "致歉并退还运费，下次活动由专人跟车。"),
    ("product", "这批茉莉花茶香气比上次淡很多。", "抽检留样后同意整批更换。"),
    ("product", "泡茶机出水口漏水，影响前台使用。", "工程师上门更换密封圈，延长保修三个月。"),
    ("service", "电话打了两次都没有人回，售后太慢。", "更换对接人，约定两小时内回电。"),
    ("price", "发票金额和合同不一致，财务无法入账。", "重开发票并当面送达。"),
    ("delivery", "Two boxes were missing from the delivery.", "Missing boxes sent the same day, confirmed by phone."),
    ("product", "礼盒印刷有色差，客人看出来了。", "重新印制外套，运费由我们承担。"),
    ("service", "约好的保养没有来人，也没有通知。", "改期完成保养并赠送一次滤芯更换。"),
    ("delivery", "收货人写错了，包裹在前台放了两天。", "更正档案里的收货人，登记了备用电话。"),
    ("delivery", "外包装淋湿，茶饼有受潮的味道。", "整件换新，改用防水外箱。"),
    ("delivery", "少发一箱花茶，送货单上却写着齐了。", "当天补发，仓库加一道复核。"),
    ("product", "紫砂壶盖子和壶身对不严。", "换货，并请供应商抽检同批次。"),
    ("product", "泡茶机用了两周就报错停机。", "工程师更换主板，借出备用机三天。"),
    ("product", "绿豆糕离保质期只剩十来天。", "退款并补发当周新货。"),
    ("product", "滤芯装上以后出水变慢，水有异味。", "上门冲洗管路，免费换了一支滤芯。"),
    ("service", "茶艺培训的老师迟到了四十分钟。", "减免一半费用，另约时间补课。"),
    ("service", "换货答应了一周，还没有人来取旧货。", "次日上门取件，并电话回访。"),
    ("price", "同样的礼盒，网店比给我们的价格低。", "说明活动规则，补足差价。"),
    ("price", "运费收了两次。", "多收的运费当天退回。"),
    ("other", "定制礼袋上的公司名少了一个字。", "重新印制，加急送到。"),
]
REMINDERS = ["带样品过去", "问一下年会礼品的人数", "确认收货地址", "发合同终稿", "提醒财务开票"]

# What prospects answer, by letter and step of BANT and FAINT.
ANSWERS = {
    "budget": (
        "今年没有这笔预算。",
        "预算要等老板点头，金额未定。",
        "部门有采购预算，约两万元。",
        "预算已批，可以走合同。",
    ),
    "funds": ("资金紧张，近期不考虑。", "回款慢，付款能力存疑。", "账期 30 天可以接受。", "愿意预付，资金没有问题。"),
    "authority": ("只是帮忙打听。", "行政提建议，采购决定。", "采购经理参与拍板。", "对接的就是负责人本人。"),
    "interest": ("目前没有兴趣。", "客气地收下了资料。", "主动问了样品和价格。", "看过样品，很想尽快试。"),
    "need": (
        "现有供应商够用。",
        "想换口味，要求还不清楚。",
        "每月固定招待用茶，量大概三十斤。",
        "原供应商断货，急需替代。",
    ),
    "time": ("没有时间表。", "明年再看。", "半年内要定。", "下个季度前必须到货。"),
}
# How somebody came to agree to offers: (source of the consent, proof).
CONSENTS = [
    ("form", "官网留言表勾选“接收优惠信息”"),
    ("spoken", "门店办理会员时口头同意"),
    ("written", "合同附件第 3 条"),
    ("form", "展会登记表"),
]
# What a rep writes into the gap of a template.
OWN_WORDS = [
    "新到的春茶样品已备好，附上产品说明和价目表，您可以先看看。",
    "同城当日送达，满三十件免运费；开票信息发给我即可。",
    "按您每月的用量，建议改为季度订货，单价可以再低 5%。",
    "这款茶保存十八个月没有问题，请放在阴凉干燥处。",
    "上一家客户把会议用茶换成小包装后，浪费少了三成。",
]
# What reps plan and note about a churn warning; `done` by kind of action.
WIN_BACK: dict[str, Any] = {
    "plan": [
        "先打电话了解停购原因，再约上门",
        "带新品小样拜访采购负责人",
        "给老客户优惠券，月底前跟进",
        "请技术同事一起回访，解决上次的质量问题",
    ],
    "done": {
        "call": ["采购经理接了电话，说在比价", "没有抱怨，只是库存还多", "约好下周面谈"],
        "visit": ["当面听了意见，带回两个问题", "见了负责人，态度友好"],
        "coupon": ["发了满减券，有效期一个月"],
        "gift": ["送了新茶小样"],
        "message": ["发了新品目录，已读"],
        "service": ["安排专人送货，免运费一次"],
    },
    "lost": [
        ("已与别家签了年度合同", "competitor"),
        ("门店已关闭", "closed-down"),
        ("价格差距太大，对方不再考虑", "price"),
    ],
    "false_alarm": [("季节性采购，下季度会下单", ""), ("刚换了采购系统，订单会晚一些", ""), ("一次备足了半年的货", "")],
}
WIN_BACK_EN: dict[str, Any] = {
    "plan": ["Call first to learn why, then visit", "Bring samples of the new range", "Offer a voucher, ask again"],
    "done": {
        "call": ["They are comparing prices", "No complaints, stock is still high"],
        "visit": ["Met the buyer, took two questions home"],
        "coupon": ["Sent a voucher for one month"],
        "message": ["Sent the new catalogue"],
    },
    "lost": [("Signed a yearly contract elsewhere", "competitor"), ("The shop has closed", "closed-down")],
    "false_alarm": [
        ("They buy by season and will order next quarter", ""),
        ("They had stocked up for half a year", ""),
    ],
}
# Privileges and offers: scheme, tier, lifecycle stage, kind, English, Chinese, sentence of each, discount.
POLICIES = [
    ("b2b", "S", "", "privilege", "Own contact in the warehouse", "仓库专属对接人",
     "Name the colleague when you visit.", "拜访时介绍对接同事。", None),
    ("b2b", "S", "", "privilege", "60 days to pay", "60 天账期", "Write it on the quote.", "写在报价单上。", None),
    ("b2b", "A", "", "privilege", "Priority delivery", "优先发货",
     "Orders before 4 pm leave the same day.", "16 点前下单当天发货。", None),
    ("b2b", "A", "", "offer", "Year-end framework price", "年底框架价",
     "For orders over the whole year.", "适用于全年框架订单。", 8),
    ("b2b", "", "dormant", "offer", "Welcome back", "老友回归",
     "First order after the break.", "恢复采购后的首单。", 10),
    ("b2c", "A", "", "privilege", "Early tasting of new teas", "新茶优先品鉴",
     "Invite them before the season opens.", "上市前先邀请。", None),
    ("b2c", "", "first_time", "offer", "Second order", "第二单优惠",
     "Within 30 days of the first one.", "首单后 30 天内。", 5),
]  # fmt: skip
