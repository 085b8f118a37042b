"""Every import line of the README does what it says, on a file with the columns that it names."""

import gzip
import json
import re
import shlex
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import call_command
from openpyxl import Workbook

from accounts.models import User
from customers.imports.meanings import KINDS
from customers.models import Customer
from sales.models import Order, Target

pytestmark = pytest.mark.django_db
CELLS = {
    "name": "Ann Smith", "email": "ann@example.com", "team": "East/Shanghai", "role": "Sales rep", "customer_no": "C1",
    "number": "C1", "phone": "13800138001", "owner_email": "wang@example.com", "order_no": "A1", "ordered_at":
    "2026-05-01", "sku": "T", "quantity": "2", "unit_price": "10",
}  # fmt: skip


def readme_lines() -> list[list[str]]:
    text = (Path(project.BASE_DIR) / "README.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("bin/manage import_") and "--map" in line]
    return [shlex.split(line, comments=True)[1:] for line in lines]


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path, defaults) -> None:
    settings.DATA_DIR, settings.STORAGE_DIR = tmp_path, str(tmp_path / "files")


def write(path: Path, mapping: dict[str, str]) -> None:
    rows = [list(mapping.values()), [CELLS[field] for field in mapping]]
    if path.suffix == ".xlsx":
        book, target = Workbook(), BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(target)
        path.write_bytes(target.getvalue())
    else:
        text = "\n".join(",".join(row) for row in rows).encode()
        path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


def test_each_line_brings_its_row_in(tmp_path, cast):
    lines = readme_lines()
    assert len(lines) >= 3
    for command, file, *options in lines:
        mapping = dict(pair.split("=") for pair in options[options.index("--map") + 1].split(","))
        write(tmp_path / file, mapping)
        out = StringIO()
        call_command(command, str(tmp_path / file), *options, "--json", stdout=out)
        assert json.loads(out.getvalue().splitlines()[-1])["errors"] == 0, command
    customer = Customer.objects.get(number="C1")
    assert (customer.name, customer.phone, customer.owner) == ("Ann Smith", "13800138001", cast.wang)
    assert Order.objects.get().customer == customer


@pytest.mark.parametrize(
    "role",
    ["rep", "REP", "Sales rep", "sales  REP", "销售代表", "销售", "Ｒｅｐ", "主管", "组长", "管理员", "Team lead"]
    + ["owner", "Owner", "企业主", "老板", "Business owner"],
)
def test_roles_are_understood_by_every_name_that_people_see(tmp_path, role):
    path = tmp_path / "people.csv"
    path.write_text(f"姓名,邮箱,角色\nAnn,ann@example.com,{role}\n", encoding="utf-8")
    call_command("import_users", str(path), "--map", "name=姓名,email=邮箱,role=角色", stdout=StringIO())
    wanted = {"主管": "team_lead", "组长": "team_lead", "Team lead": "team_lead", "管理员": "administrator"}
    wanted |= dict.fromkeys(("owner", "Owner", "企业主", "老板", "Business owner"), "owner")
    assert User.objects.get(email="ann@example.com").role.code == wanted.get(role, "rep")


def test_a_role_nobody_knows_is_refused_with_the_names_to_choose_from(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("name,email,role\nAnn,ann@example.com,wizard\nEva,eva@example.com,rep\n", encoding="utf-8")
    out, err = StringIO(), StringIO()
    call_command("import_users", str(path), map="name=name,email=email,role=role", stdout=out, stderr=err)
    assert User.objects.filter(email="eva@example.com").exists()
    [said] = [line for line in err.getvalue().splitlines() if "1 row was refused" in line]
    [path_named] = re.findall(r"Correct it in (\S+\.csv), where its reason stands, and import that file", said)
    corrected = Path(path_named).read_text(encoding="utf-8-sig").replace("wizard", "rep")
    path.write_text(corrected, encoding="utf-8")
    call_command("import_users", str(path), stdout=out, stderr=err)
    assert User.objects.get(email="ann@example.com").role.code == "rep", "what was corrected comes in"


@pytest.mark.parametrize("word", ["单位", "自然人", "Individual", "ORGANISATION", "企业客户", "ｂ２ｂ"])
def test_customers_and_orders_know_the_same_kinds(tmp_path, word):
    path = tmp_path / "file.csv"
    path.write_text(f"客户编号,客户名称,客户类型,下单时间,金额\nC7,Ann,{word},2026-05-01,5\n", encoding="utf-8")
    kind = KINDS[{"Individual": "individual", "ORGANISATION": "organisation", "ｂ２ｂ": "b2b"}.get(word, word)]
    call_command("import_customers", str(path), stdout=StringIO())
    assert Customer.objects.get().kind == kind
    Customer.objects.all().delete()
    call_command("import_orders", str(path), stdout=StringIO())
    assert Customer.objects.get().kind == kind


def test_targets_and_rates_know_chinese_headers_and_people_by_name(tmp_path, cast):
    targets, rates = tmp_path / "targets.csv", tmp_path / "rates.csv"
    rows = "小王,2026年11月,销售额,5万\nWANG@example.com,2026-11,拜访,20\n"
    targets.write_text(f"业务员,月份,指标,目标值\n{rows}", encoding="utf-8")
    rates.write_text("日期,币种,汇率\n2026年11月1日,usd,7.1\n2026-11-02,USD,¥7.1\n", encoding="utf-8")
    call_command("import_targets", str(targets), stdout=StringIO())
    assert set(Target.objects.values_list("metric", "value")) == {("revenue", 5_000_000), ("visits", 20)}
    out = StringIO()
    call_command("import_rates", str(rates), json=True, stdout=out, stderr=StringIO())
    told = json.loads(out.getvalue().splitlines()[-1])
    assert (told["created"], told["errors"]) == (1, 1)
