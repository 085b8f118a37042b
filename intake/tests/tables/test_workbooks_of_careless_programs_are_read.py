"""A workbook that Excel opens is read, however its program wrote what isn't the table; no row or cell is lost by it."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from intake.tabular import open_table

MAIN, STRICT = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
VALIDATION = '<dataValidations><dataValidation type="list" operator="equals" sqref="A1"/></dataValidations>'
COLOUR = '<sheetPr><tabColor rgb="red"/></sheetPr>'


@pytest.fixture
def written(tmp_path) -> Callable[..., Path]:
    """`written({part: (old, new)})` is a workbook of two columns in which these texts of its parts are exchanged."""

    def write(changes: dict[str, tuple[str, str]], without: str = "") -> Path:
        data = io.BytesIO()
        book = openpyxl.Workbook()
        for row in (["name", "figure"], ["Eva", 46353], ["Bob", 7]):
            book.active.append(row)
        book.save(data)
        with zipfile.ZipFile(data) as source, zipfile.ZipFile(tmp_path / "book.xlsx", "w") as target:
            for part in source.namelist():
                text = source.read(part).decode()
                for wanted, (old, new) in changes.items():
                    if wanted in part:
                        assert old in text
                        text = text.replace(old, new)
                if part != without:
                    target.writestr(part, text)
        return tmp_path / "book.xlsx"

    return write


def rows(path: Path) -> list[list[str]]:
    return [cells for _number, cells in open_table(path).rows()]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("styles.xml", "<fill><patternFill /></fill>", "<fill/>"),
        ("styles.xml", '<color theme="1" />', '<color rgb="red"/>'),
        ("styles.xml", 'fontId="0"', 'fontId="99"'),
        ("styles.xml", 'numFmtId="0"', 'numFmtId="none"'),
        ("sheet1.xml", "</sheetData>", f"</sheetData>{VALIDATION}"),
        ("sheet1.xml", "<sheetData>", f"{COLOUR}<sheetData>"),
        ("sheet1.xml", 'ref="A1:B3"', 'ref="A1"'),
        ("core.xml", 'W3CDTF">2', 'W3CDTF">on 2'),
    ],
)
def test_what_is_not_the_table_costs_nothing(written, part, old, new):
    assert rows(written({part: (old, new)})) == [["Eva", "46353"], ["Bob", "7"]]


def test_the_strict_way_of_writing(written):
    changes = dict.fromkeys(("workbook.xml", "sheet1.xml", "styles.xml"), (MAIN, STRICT))
    assert rows(written(changes)) == [["Eva", "46353"], ["Bob", "7"]]


def test_a_workbook_without_a_list_of_its_parts(written):
    assert rows(written({}, without="[Content_Types].xml")) == [["Eva", "46353"], ["Bob", "7"]]


def test_rows_that_stand_in_another_order(written):
    sheet = {"sheet1.xml": ('<row r="2">', '<row r="9">')}
    assert rows(written(sheet)) == [["Eva", "46353"], ["Bob", "7"]]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('t="n"><v>n/a</v>', "n/a"),
        ('t="b"><v>true</v>', "true"),
        ('s="99"><v>5</v>', "5"),
        ('t="s"><v>99</v>', ""),
        ('t="d"><v>some day</v>', "some day"),
    ],
)
def test_an_odd_cell_is_a_cell(written, cell, text):
    assert rows(written({"sheet1.xml": ('t="n"><v>46353</v>', cell)})) == [["Eva", text], ["Bob", "7"]]


@pytest.mark.parametrize(
    ("number", "shown", "text"),
    [
        ("46353", 31, "2026-11-27"),
        ("46353", 57, "2026-11-27"),
        ("20261124", 14, "20261124"),
        ("-20261124", 14, "-20261124"),
        ("2958466", 14, "2958466"),
        ("5e15", 14, "5.00000000000000E+15"),
    ],
)
def test_a_day_in_a_format_of_chinese_excel_and_a_number_that_is_no_day(written, number, shown, text):
    sheet, style = ("<v>46353</v>", f"<v>{number}</v>"), ('numFmtId="0"', f'numFmtId="{shown}"')
    assert rows(written({"sheet1.xml": sheet, "styles.xml": style}))[0] == ["Eva", text]
