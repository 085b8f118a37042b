"""The files of a firm that sells to persons, as such firms have them: Chinese headers, a CSV in GBK with the people in
charge by their names, an XLSX with orders of two years. The same seed gives the same files."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

SEED = 20261128
CUSTOMERS, ORDERS, DAYS = 420, 2875, 730
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红霞飞鹏波斌宇浩凯健俊帆雪梅琳晶倩婷玲丹萍"
CITIES = ("上海", "杭州", "苏州", "宁波", "南京", "无锡", "常州", "嘉兴")
SOURCES = ("转介绍", "微信", "直播", "老客户", "展会")
PRODUCTS = (("润肤水 200ml", 128), ("精华液 30ml", 398), ("面霜 50g", 268), ("洁面乳 120g", 98), ("面膜 10 片", 158))
# 15 people: sign-in by mobile, as they stand in a firm's list.
PEOPLE = (
    ("周敏", "组长", "华东"),
    ("沈强", "组长", "华南"),
    *((name, "销售代表", "华东") for name in ("林晓", "李强", "王磊", "陈静", "吴婷", "徐飞")),
    *((name, "销售代表", "华南") for name in ("赵丽", "黄波", "孙凯", "何倩", "马俊")),
    ("罗琳", "客服", "客服部"),
    ("郑宇", "经理", ""),
)


@dataclass(frozen=True)
class Files:
    """What the owner has on the desk."""

    people: str  # to be pasted
    customers: Path
    orders: Path
    rep: str  # somebody who sells


def mobile_of(number: int) -> str:
    """A mobile number that is nobody else's here."""
    return f"13{8 - number % 4}{10_000_000 + number * 7919 % 89_999_999:08d}"


def write_files(folder: Path, today: date) -> Files:
    """Make both files; the orders end the day before `today`."""
    chance = random.Random(SEED)
    lines = [
        ("姓名", "手机", "角色", "团队"),
        *((name, mobile_of(n), role, team) for n, (name, role, team) in enumerate(PEOPLE)),
    ]
    people = "\n".join("\t".join(line) for line in lines)
    reps = [name for name, role, _team in PEOPLE if role == "销售代表"]
    customers, orders = folder / "会员资料.csv", folder / "订单明细.xlsx"
    with customers.open("w", encoding="gbk", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["会员卡号", "姓名", "手机", "性别", "城市", "来源", "业务员", "备注"])
        for n in range(CUSTOMERS):
            name = chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.choice((1, 2, 2))))
            note = chance.choice(("", "", "", "喜欢下午联系", "皮肤敏感"))
            mobile = mobile_of(1000 + n)
            sex, city, source = chance.choice("女女男"), chance.choice(CITIES), chance.choice(SOURCES)
            rows.writerow([f"VIP{n + 1:05d}", name, mobile, sex, city, source, reps[n % len(reps)], note])
    _write_orders(orders, today, chance)
    return Files(people, customers, orders, reps[0])


def _write_orders(path: Path, today: date, chance: random.Random) -> None:
    """Everybody has a habit of buying, and a fifth has fallen silent at some time."""
    weights = [chance.paretovariate(1.3) for _n in range(CUSTOMERS)]
    silent = {n: chance.randrange(60, DAYS - 60) for n in chance.sample(range(CUSTOMERS), CUSTOMERS // 5)}
    buyers = [*range(CUSTOMERS), *chance.choices(range(CUSTOMERS), weights, k=ORDERS - CUSTOMERS)]
    days = [(today - timedelta(days=chance.randrange(silent.get(n, 1), DAYS)), n) for n in buyers]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("订单明细")
    sheet.append(["订单号", "会员卡号", "下单日期", "商品名称", "数量", "单价", "金额", "订单状态"])
    for number, (day, n) in enumerate(sorted(days), start=1):
        (product, price), quantity = chance.choice(PRODUCTS), chance.choice((1, 1, 1, 2, 3))
        amount = price * quantity
        sheet.append([f"SO{number:06d}", f"VIP{n + 1:05d}", day, product, quantity, price, amount, "已完成"])
    book.save(path)
