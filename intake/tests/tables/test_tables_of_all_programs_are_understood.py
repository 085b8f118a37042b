"""Delimiter, header, encoding and cells are found as people meant them; what isn't certain is asked."""

import csv

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.csvwriter import CsvWriter
from intake.tables.cells import kept_as_text, neutralise, plain_cell
from intake.tabular import DamagedRow, TabularError, UnsureEncodingError, checked_encoding, open_table


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def opened(tmp_path):
    """`opened(text or bytes, **chosen)` is the table of a file with this content."""

    def table(content: str | bytes, **chosen):
        path = tmp_path / "file.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(path, **chosen)

    return table


def cells(table):
    return [row for _number, row in table.rows()]


# --- delimiter and header --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        '"Customer\nNo";"Name";Phone\nS1;Eva;138\n',
        '"Customer\nNo"\t"Name"\tPhone\nS1\tEva\t138\n',
        "Customer No，Name，Phone\nS1，Eva，138\n",
        '"Customer No,Name,Phone"\n"S1,Eva,138"\n',
        '"Customer No;Name;Phone"\n"S1;Eva;138"\n',
        "Customer No|Name|Phone\rS1|Eva|138\r",
        "sep=;\nCustomer No;Name;Phone\nS1;Eva;138\n",
        "\n\nCustomer No,Name,Phone\n,,\nS1,Eva,138\n",
        "Customers of May,,\n,,\nCustomer No,Name,Phone\nS1,Eva,138\n",
        "Customers of May\nShop: A\nCustomer No,Name,Phone\nS1,Eva,138\n",
    ],
)
def test_three_columns_are_found(opened, text):
    table = opened(text)
    assert table.columns == ["Customer No", "Name", "Phone"]
    assert cells(table) == [["S1", "Eva", "138"]]


def test_rows_decide_not_the_signs_of_the_header(opened):
    assert opened("Name, first, last;Phone\nEva;138\nBob;139\n").columns == ["Name, first, last", "Phone"]
    assert cells(opened("a;b;c\n1,5;2,5;3,5\n2,5;3,5;4,5\n"))[0] == ["1,5", "2,5", "3,5"]


@pytest.mark.parametrize("text", ["No^Name^Phone\nS1^Eva^138\n", "No   Name   Phone\nS1   Eva    138\n"])
def test_what_can_not_be_parted_is_refused(opened, text):
    with pytest.raises(TabularError, match="has only one column"):
        opened(text)


def test_words_above_words_are_no_title(opened):
    """Without figures below nobody can know; the first row is the header, and the person may choose another."""
    text = "name\nLi, Wei\nWang, Fang\n"
    assert opened(text).columns == ["name"]
    chosen = opened("x,y\nq,r\nname,phone\nA,1\n", header_row=3)
    assert (chosen.columns, cells(chosen)) == (["name", "phone"], [["A", "1"]])
    with pytest.raises(TabularError, match="row 99 can't be the header"):
        opened(text, header_row=99)


def test_a_title_of_a_workbook_is_passed_over(tmp_path):
    book = openpyxl.Workbook()
    for row in (["2026年销售明细表"], [], ["订单号", "日期", "金额"], ["1", "2026-05-01", 10]):
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    book.save(tmp_path / "book.xlsx")
    table = open_table(tmp_path / "book.xlsx")
    assert (table.columns, table.look["header_row"], table.look["titles"]) == (["订单号", "日期", "金额"], 3, True)
    assert cells(table) == [["1", "2026-05-01", "10"]]


@pytest.mark.parametrize(
    "content",
    [
        b"<html><table><tr><td>a</td></tr></table></html>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"MZ\x90\0\x03\0\0\0\x04\0",
        b"%PDF-1.7\n1 0 obj\n",
        b"a,b\n\x01\x02\x03\x04,1\n",
        b'[{"name": "A"}]',
    ],
)
def test_what_is_no_table_is_refused(opened, content):
    with pytest.raises(TabularError, match="not a table"):
        opened(content)


def test_words_that_begin_like_a_program_are_words(opened):
    assert opened("MZ,BM\n1,2\n").columns == ["MZ", "BM"]


# --- encodings -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("no,name,city\nM1,Müller GmbH,Köln\n", "cp1252", "windows-1252"),
        ("no,name\nM1,Café Société\n", "latin-1", "windows-1252"),
        ("客戶,地址\n陳小明,台北市信義區\n", "big5", "big5"),
        ("商品,価格\nお茶,100\nコーヒー,200\n", "shift_jis", "shift_jis"),
        ("이름,전화\n김철수,010\n박영희,011\n", "euc-kr", "euc-kr"),
        ("имя,город\nИван Петров,Москва\n", "koi8-r", "koi8-r"),
        ("имя,город\nИван Петров,Москва\n", "cp1251", "windows-1251"),
        ("jméno,město\nŘehoř Dvořák,Brno\n", "cp1250", "windows-1250"),
    ],
)
def test_an_encoding_that_is_not_certain_is_asked(opened, text, encoding, name):
    content = text.encode(encoding)
    table = opened(content)
    with pytest.raises(UnsureEncodingError) as asked:
        list(table.rows())
    assert name in asked.value.candidates[:2]
    assert len(asked.value.candidates) == 3
    right = next(reading for reading in table.look["readings"] if reading["encoding"] == name)
    assert text.splitlines()[1] in right["lines"]
    chosen = opened(content, encoding=name)
    assert cells(chosen)[0] == text.splitlines()[1].split(",")


@pytest.mark.parametrize(
    "text",
    [
        "订单号,下单时间,客户编号,客户名称,数量,单价\n1,2026-01-05,007,王芳,2,3.5\n",
        "name,phone\n欧阳梓萱,139\n诸葛瑾瑜,138\n",
        "no,product\n1,电饭煲\n2,鱼香肉丝\n",
        "姓名，电话\n张三，138\n",
    ],
)
@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_a_file_of_a_chinese_firm_is_read_without_a_question(opened, text, encoding):
    table = opened(text.encode(encoding))
    assert (table.encoding, table.look["sure"]) == ("gb18030", True)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("chosen", ["", "told"])
def test_a_byte_that_got_lost_costs_its_row_and_not_the_file(opened, encoding, chosen):
    names = ["杭州恒丰贸易有限公司", "宁波远航物流", "苏州金鼎酒店", "上海绿叶花店"]
    names += [f"杭州市西湖区文三路{n}号商店" for n in range(40)]
    whole = "".join(f"{name},13805712233\n" for name in ["客户名称", *names]).encode(encoding)
    at = whole.index("远航".encode(encoding))
    for broken in (whole[:at] + b"\xff" + whole[at + 1 :], whole[:at] + whole[at + 1 :]):
        table = opened(broken, encoding=encoding if chosen else "")
        assert (table.encoding, table.look["sure"]) == (encoding, True)
        rows = [row for _number, row in table.rows()]
        assert [row[0] for row in rows if not isinstance(row, DamagedRow)] == [names[0], *names[2:]]
        (damaged,) = [row for row in rows if isinstance(row, DamagedRow)]
        assert "“�”" in damaged.reason
        assert damaged[0].startswith("宁波")


def test_a_file_that_is_broken_all_over_is_in_another_encoding(opened):
    with pytest.raises(TabularError, match="isn't written in utf-8"):
        opened("姓名,电话\n杭州恒丰贸易有限公司,1\n".encode("gb18030"), encoding="utf-8")


def test_an_encoding_the_file_is_not_written_in(opened):
    with pytest.raises(TabularError, match="isn't written in utf-8"):
        opened("a,b\nMüller,1\n".encode("cp1252"), encoding="utf-8")


def test_names_of_encodings():
    assert (checked_encoding("Latin-1"), checked_encoding("GBK"), checked_encoding("")) == ("iso8859-1", "gbk", "")
    for wrong in ("rot13", "hex", "idna", "unicode_escape", "no such"):
        with pytest.raises(ValueError, match="no encoding"):
            checked_encoding(wrong)


# --- cells -----------------------------------------------------------------------------------------------------------
def test_signs_that_guard_a_cell_are_taken_off(opened):
    text = 'a,b\n"=""00123""",\'00123\n=\'x,\'=Best & Co\n\'@wx,\'s-Hertogenbosch\n="00123",\'-x\n'
    assert cells(opened(text)) == [
        ["00123", "00123"],
        ["='x", "=Best & Co"],
        ["@wx", "'s-Hertogenbosch"],
        ["00123", "-x"],
    ]


@pytest.mark.parametrize("text", ["a;=1+1", "a\t@x", 'a; "=1', "a\n-x", "a; ＝1"])
def test_a_formula_inside_of_a_cell_is_guarded_too(text):
    safe = str(neutralise(text))
    for sign in ";\t\n":
        assert all(part.strip(' "')[:1] not in tuple("=+-@＝") for part in safe.split(sign) if part)
    assert plain_cell(safe) == text


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="'=+-@;\t ab1\"＝", max_size=8))
def test_what_we_write_comes_back_as_it_was(text):
    assert plain_cell(str(neutralise(text)).strip()) == text.strip() or text != text.strip()


@pytest.mark.parametrize(
    "text", ["00123", "440307199001011234", "+8613812345678", "12E5", "3-4", "1/2", "2026-11-28", "=1+1", "'00123"]
)
def test_what_a_spreadsheet_would_rewrite_is_marked_as_text_and_comes_back(text):
    assert kept_as_text(text).startswith("'")
    assert plain_cell(kept_as_text(text)) == text


@pytest.mark.parametrize("text", ["13812345678", "0", "-12.50", "K0000123", "¥5", "3-4-5-6", "苏州 1/2"])
def test_what_it_leaves_alone_stays_as_it_is(text):
    assert kept_as_text(text) == text


def test_a_file_of_ours_round_trips(tmp_path):
    values = ["=Best & Co", "@wx_one", "'=quoted", "a;=1", "-5", "+8613812345678", "'s-Hertogenbosch", "plain"]
    with (tmp_path / "out.csv").open("w", newline="", encoding="utf-8") as target:
        writer = CsvWriter(target, ["name", "n"])
        for number, value in enumerate(values):
            writer.row([value, number])
    assert [row[0] for row in cells(open_table(tmp_path / "out.csv"))] == values
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as source:
        assert all(row[0][:1] not in "=@" for row in csv.reader(source))


def test_numbers_of_a_workbook_are_shown_as_there(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["code", "price", "day", "moment", "yes", "joined", "long"])
    sheet.append([123, 0.1, "x", "x", True, "می\u200cخ", 999_999_999_999_999])
    sheet["A2"].number_format = "00000"
    sheet["C2"].value, sheet["C2"].number_format = 46353, "yyyy/m/d"
    sheet["D2"].value, sheet["D2"].number_format = 46353.5, 'yyyy"年"m"月"d"日" h:mm'
    book.save(tmp_path / "book.xlsx")
    [row] = cells(open_table(tmp_path / "book.xlsx"))
    assert row == ["00123", "0.1", "2026-11-27", "2026-11-27 12:00:00", "1", "می\u200cخ", "999999999999999"]
