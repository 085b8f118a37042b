"""The demo company's life as plain rows: who came when, bought what, dropped out, was visited, complained.

Deterministic for a seed and a last day. Purchases follow the process the churn model assumes: each customer buys at
an own rate, and after each purchase may drop out for good.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from demo import phrases

T = TypeVar("T")

DAYS = 730
OPENING = time(9, 0)
# Share of purchases kept per month: quiet after new year, busy before Mid-Autumn and the year's end.
SEASON = (0.9, 0.6, 0.75, 0.85, 0.9, 0.85, 0.8, 0.95, 1.0, 0.8, 0.9, 1.0)
REP_WEIGHTS = ((0, 28), (1, 30), (2, 24), (3, 18))
REGION_WEIGHTS = (("east", 38), ("south", 33), ("north", 29))
CHANNELS = (
    ("shop", 25),
    ("website", 20),
    ("social", 10),
    ("exhibition", 15),
    ("referral", 15),
    ("phone", 10),
    ("platform", 5),
)
KINDS = (("call", 40), ("wechat", 25), ("visit", 20), ("email", 10), ("meeting", 5))
RESULTS = (
    ("reached", 40),
    ("interested", 18),
    ("needs_time", 14),
    ("no_answer", 14),
    ("proposal_sent", 6),
    ("done", 6),
    ("declined", 2),
)
PAYMENTS = {"company": (("transfer", 60), ("credit", 25), ("alipay", 10), ("card", 5)),
            "person": (("wechat", 50), ("alipay", 35), ("card", 10), ("cash", 5))}  # fmt: skip


@dataclass
class Line:
    sku: str
    quantity: int
    unit_price: Decimal
    unit_cost: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


@dataclass
class Sale:
    day: date
    at: time
    lines: list[Line]
    payment: str
    channel: str
    is_open: bool = False
    returned: list[Line] = field(default_factory=list)
    returned_after: int = 0


@dataclass
class Talk:
    day: date
    at: time
    kind: str
    result: str
    note: str
    need: str
    minutes: int | None
    late_days: int


@dataclass
class Person:
    name: str
    position: str
    rank: str
    authority: str
    phone: str
    email: str


@dataclass
class File:
    """One customer with everything that happened."""

    kind: str
    name: str
    region_code: str
    city: str
    industry: str
    rep: int | None  # index into the region's reps; None = the unassigned pool
    channel: str
    joined: date
    phone: str
    email: str
    address: str
    fields: dict[str, object]
    contacts: list[Person]
    tags: list[str]
    sales: list[Sale] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    complaints: list[tuple[date, str, str, str, bool]] = field(default_factory=list)


def _in_language_of(file: File, texts: list[str]) -> list[str]:
    """Colleagues write Chinese; customers with an English name are written to and about in English, where there is any."""
    english = [text for text in texts if text.isascii() and text]
    if file.name.isascii():
        return english or texts
    return [text for text in texts if text not in english]


class Company:
    """Generates `count` files ending on `last_day`."""

    def __init__(self, *, last_day: date, count: int = 3000, seed: int = 20) -> None:
        self.random = random.Random(seed)
        self.last_day, self.count = last_day, count
        self.first_day = last_day - timedelta(days=DAYS - 1)
        self.products = {sku: (Decimal(price), Decimal(cost)) for sku, _name, price, cost, _flag in phrases.PRODUCTS}
        self.names: set[str] = set()
        self.phone_tail = 10_000_000

    def files(self) -> Iterator[File]:
        for _index in range(self.count):
            yield self._file()

    # --- who ---------------------------------------------------------------------------------------------------------
    def _file(self) -> File:
        chance = self.random
        kind = "company" if chance.random() < 0.48 else "person"
        region = self._pick(REGION_WEIGHTS)
        file = self._company(region) if kind == "company" else self._private(region)
        file.rep = None if chance.random() < 0.03 else self._pick(REP_WEIGHTS)
        self._live(file)
        return file

    def _company(self, region: str) -> File:
        chance = self.random
        city = chance.choice(phrases.CITIES[region])
        suffix, (industry, _word) = chance.choice(list(phrases.INDUSTRIES.items()))
        name = self._unique(lambda: self._company_name(city, suffix))
        contacts = self._contacts(chance.choice([1, 1, 2, 2, 3, 4]))
        fields: dict[str, object] = {
            "company_size": chance.choice(["10-49", "50-249", "250-999", "1000-plus"]),
            "founded_on": date(chance.randint(1993, 2022), chance.randint(1, 12), chance.randint(1, 28)).isoformat(),
            "business_scope": f"{suffix}生产与销售" if industry not in ("餐饮酒店", "文化服务") else f"{suffix}服务",
        }
        return self._new_file("company", name, region, city, industry, fields, contacts)

    def _private(self, region: str) -> File:
        chance = self.random
        city = chance.choice(phrases.CITIES[region])
        fields = {
            "occupation": chance.choice(phrases.OCCUPATIONS),
            "hobbies": "、".join(chance.sample(phrases.HOBBIES, chance.choice([0, 1, 1, 2]))),
            "gender": chance.choice(["f", "m", ""]),
            "birthday": date(chance.randint(1955, 2004), chance.randint(1, 12), chance.randint(1, 28)),
        }
        return self._new_file("person", self._unique(self._person_name), region, city, "", fields, [])

    def _new_file(
        self,
        kind: str,
        name: str,
        region: str,
        city: str,
        industry: str,
        fields: dict[str, object],
        contacts: list[Person],
    ) -> File:
        chance = self.random
        phone = self._phone()
        email = f"{'office' if kind == 'company' else 'mail'}{phone[-6:]}@mail.example" if chance.random() < 0.7 else ""
        address = f"{city}市{chance.choice('东西南北中')}{chance.choice(['湖', '山', '江', '安', '宁'])}路 {chance.randint(1, 899)} 号"
        tags = chance.sample(phrases.TAGS, chance.choice([0, 0, 1, 1, 2]))
        joined = self._joined()
        return File(
            kind,
            name,
            region,
            city,
            industry,
            None,
            self._pick(CHANNELS),
            joined,
            phone,
            email,
            address,
            fields,
            contacts,
            tags,
        )

    def _company_name(self, city: str, suffix: str) -> str:
        chance = self.random
        if chance.random() < 0.04:
            return f"{chance.choice(phrases.ENGLISH_COMPANIES_FIRST)} {chance.choice(phrases.ENGLISH_COMPANIES_SECOND)}"
        brand = chance.choice(phrases.BRAND_FIRST) + chance.choice(phrases.BRAND_SECOND)
        return f"{city}{brand}{suffix}{chance.choice(phrases.SUFFIXES)}"

    def _person_name(self) -> str:
        chance = self.random
        if chance.random() < 0.03:
            return f"{chance.choice(phrases.ENGLISH_GIVEN)} {chance.choice(phrases.ENGLISH_SURNAMES)}"
        given = chance.choice(phrases.GIVEN_SECOND)
        first = chance.choice(phrases.GIVEN_FIRST) if chance.random() < 0.75 else ""
        return chance.choice(phrases.SURNAMES) + first + given

    def _unique(self, make: Callable[[], str]) -> str:
        for _attempt in range(30):
            name = make()
            if name not in self.names:
                break
        self.names.add(name)
        return name

    def _contacts(self, count: int) -> list[Person]:
        chance = self.random
        chosen = chance.sample(phrases.POSITIONS, count)
        return [Person(self._person_name(), *position, self._phone(), "") for position in chosen]

    def _phone(self) -> str:
        """Invented numbers: the 100-prefix is not in use for mobiles, so nobody can be called by mistake."""
        self.phone_tail += self.random.randint(1, 977)
        return f"+86100{self.phone_tail % 100_000_000:08d}"

    def _joined(self) -> date:
        if self.random.random() < 0.45:
            return self.first_day - timedelta(days=self.random.randint(1, 700))
        return self.first_day + timedelta(days=self.random.randint(0, DAYS - 8))

    # --- what happened -----------------------------------------------------------------------------------------------
    def _live(self, file: File) -> None:
        bought = self.random.random() >= 0.11
        if bought:
            self._buy(file)
        self._talk(file)
        self._complain(file)

    def _buy(self, file: File) -> None:
        chance, is_company = self.random, file.kind == "company"
        per_week = chance.gammavariate(1.0, 0.24 if is_company else 0.15) + 0.015
        drop_out = chance.betavariate(0.9, 4.5 if is_company else 3.4)
        size = chance.lognormvariate(0, 0.7)
        gap = round(chance.expovariate(per_week) * 7) if file.joined < self.first_day else chance.randint(0, 20)
        day = max(file.joined, self.first_day) + timedelta(days=gap)
        while day <= self.last_day:
            if chance.random() < SEASON[day.month - 1]:
                file.sales.append(self._sale(file, day, size))
                if chance.random() < drop_out:
                    break
            day += timedelta(days=max(1, round(chance.expovariate(per_week) * 7)))

    def _sale(self, file: File, day: date, size: float) -> Sale:
        chance = self.random
        lines = [self._line(file.kind, size) for _n in range(chance.choice([1, 1, 2, 2, 3, 4]))]
        if chance.random() < 0.12:
            lines.append(Line("FEE-901", 1, Decimal(30), Decimal(26)))
        if file.kind == "company" and chance.random() < 0.06:
            lines.append(Line("DSC-902", 1, Decimal(-50), Decimal(0)))
        sale = Sale(day, self._hour(), lines, self._pick(PAYMENTS[file.kind]), self._pick(CHANNELS))
        sale.is_open = (self.last_day - day).days < 3 and chance.random() < 0.15
        if chance.random() < 0.03 and not sale.is_open:
            sale.returned, sale.returned_after = [lines[0]], chance.randint(1, 12)
        return sale

    def _line(self, kind: str, size: float) -> Line:
        chance = self.random
        pool = (
            ["TEA", "TEA", "GFT", "SNK", "MAC", "SRV", "POR"]
            if kind == "company"
            else ["TEA", "TEA", "SNK", "POR", "GFT"]
        )
        prefix = chance.choice(pool)
        sku = chance.choice([sku for sku in self.products if sku.startswith(prefix)])
        price, cost = self.products[sku]
        most = 2 if price > 1000 else (24 if kind == "company" else 3)
        quantity = max(1, round(chance.uniform(0.3, 1.0) * most * min(size, 4)))
        return Line(sku, quantity, price, cost)

    def _talk(self, file: File) -> None:
        """Visits and calls while somebody owns the customer: denser for companies, thinning out after a drop-out."""
        if file.rep is None:
            return
        chance = self.random
        every = chance.uniform(28, 75) if file.kind == "company" else chance.uniform(60, 150)
        last_sale = file.sales[-1].day if file.sales else file.joined
        day = max(file.joined, self.first_day) + timedelta(days=chance.randint(0, 20))
        while day <= self.last_day:
            if (day - last_sale).days > 240 and chance.random() < 0.6:
                break
            self._add_talk(file, day)
            day += timedelta(days=max(3, round(chance.expovariate(1 / every))))

    def _add_talk(self, file: File, day: date) -> None:
        chance = self.random
        while day.weekday() > 4:
            day += timedelta(days=1)
        if day > self.last_day:
            return
        kind = self._pick(KINDS) if file.kind == "company" else chance.choice(["call", "wechat", "wechat", "visit"])
        result = self._pick(RESULTS)
        notes = phrases.NOBODY_ANSWERED if result == "no_answer" and kind == "call" else phrases.NOTES[kind]
        note = "" if result == "no_answer" and kind != "call" else chance.choice(_in_language_of(file, notes))
        need = chance.choice(phrases.NEEDS) if result == "interested" and chance.random() < 0.3 else ""
        minutes = chance.choice([30, 40, 60, 90]) if kind in ("visit", "meeting") else None
        late = chance.choice([2, 3, 5]) if kind in ("visit", "meeting") and chance.random() < 0.08 else 0
        file.talks.append(Talk(day, self._hour(), kind, result, note, need, minutes, late))

    def _complain(self, file: File) -> None:
        chance = self.random
        if file.rep is None or not file.sales or chance.random() > 0.03:
            return
        category, text, answer = chance.choice([one for one in phrases.COMPLAINTS if _in_language_of(file, [one[1]])])
        day = chance.choice(file.sales).day + timedelta(days=chance.randint(1, 6))
        if chance.random() < 0.18:
            day = self.last_day - timedelta(days=chance.randint(0, 6))
        day = min(day, self.last_day)
        open_still = (self.last_day - day).days < 8
        file.complaints.append((day, category, text, answer, open_still))

    # --- chance ------------------------------------------------------------------------------------------------------
    def _hour(self) -> time:
        minutes = self.random.randint(0, 9 * 12 - 1) * 5
        return (datetime.combine(date.min, OPENING) + timedelta(minutes=minutes)).time()

    def _pick(self, weighted: tuple[tuple[T, int], ...]) -> T:
        return self.random.choices([word for word, _w in weighted], [weight for _w, weight in weighted])[0]
