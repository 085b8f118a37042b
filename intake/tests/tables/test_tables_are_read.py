"""CSV and XLSX files of people are read whatever program wrote them; what can't be read is told in a sentence."""

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.utils import translation

from intake.csvwriter import ErrorFile
from intake.tabular import Limits, MissingColumnsError, TabularError, open_table

HEADER, ROW = "编号,名称", "007,恒远机械"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def written(tmp_path: Path, data: bytes, name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def read(path: Path) -> list[dict[str, str]]:
    return [row for _number, row in open_table(path).dicts()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"])
def test_any_usual_encoding(tmp_path, encoding):
    path = written(tmp_path, f"{HEADER}\n{ROW}\n".encode(encoding))
    assert read(path) == [{"编号": "007", "名称": "恒远机械"}]


def test_gbk_that_appears_late_in_a_large_file(tmp_path):
    lines = ["no,name", *[f"{n},plain" for n in range(200_000)], "x,恒远"]
    path = written(tmp_path, "\n".join(lines).encode("gbk"))
    assert open_table(path).encoding == "gb18030"
    assert read(path)[-1] == {"no": "x", "name": "恒远"}


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, sign):
    assert read(written(tmp_path, f"a{sign}b\n1{sign}2\n".encode())) == [{"a": "1", "b": "2"}]


def test_blank_lines_and_excels_first_line_are_no_rows(tmp_path):
    path = written(tmp_path, b"sep=;\n\na;b\n\n1;2\n;\n\n3;4\n\n")
    assert [number for number, _cells in open_table(path).rows()] == [1, 2]
    assert read(path) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_a_workbook_gives_what_a_person_typed(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["no", "when", "price", "empty"])
    book.active.append([17850, __import__("datetime").datetime(2026, 11, 24, 14, 30), 2.5, None])
    path = tmp_path / "book.xlsx"
    book.save(path)
    expected = [{"no": "17850", "when": "2026-11-24 14:30:00", "price": "2.5", "empty": ""}]
    assert read(path) == expected
    packed = written(tmp_path, gzip.compress(path.read_bytes()), "book.xlsx.gz")
    assert read(packed) == expected


def test_the_content_counts_not_the_file_name(tmp_path):
    assert read(written(tmp_path, gzip.compress(b"a,b\n1,2\n"), "wrong.xlsx")) == [{"a": "1", "b": "2"}]


def test_nul_bytes_are_taken_out(tmp_path):
    assert read(written(tmp_path, b"a,b\nx\0y,2\n")) == [{"a": "x y", "b": "2"}]


def test_going_on_behind_some_rows(tmp_path):
    path = written(tmp_path, b"a\n" + b"\n".join(b"%d" % n for n in range(10)))
    assert list(open_table(path).rows(start=8)) == [(9, ["8"]), (10, ["9"])]


def test_same_names_and_nameless_columns_stay_apart(tmp_path):
    assert open_table(written(tmp_path, b"a,,a\n1,2,3\n")).columns == ["a", "column 2", "a (2)"]


def test_missing_columns_are_named_with_those_that_exist(tmp_path):
    table = open_table(written(tmp_path, b"a,b\n1,2\n"))
    with pytest.raises(MissingColumnsError, match=r"no column c, d\. Its columns are: a, b\."):
        table.require(["a", "c", "d"])


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n", "no header line"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old or password-protected"),
        (b"a,b\n\xff\x81\xfe\x81\xff,1\n", "unknown encoding"),
        (gzip.compress(b"a,b\n1,2\n" * 1000)[:-20], "damaged"),
        (gzip.compress(b"0" * (30 * 1024 * 1024)), "grows suspiciously"),
        (bomb(), "grows suspiciously"),
        (b"PK\x03\x04 broken", "damaged"),
    ],
    # Named, since compressed bytes carry the time and two test processes must collect the same names.
    ids=["empty", "blank", "old-excel", "bad-bytes", "cut-gzip", "gzip-bomb", "zip-bomb", "cut-zip"],
)
def test_what_cannot_be_read_is_said(tmp_path, data, sentence):
    with pytest.raises(TabularError, match=sentence):
        open_table(written(tmp_path, data))


def test_a_file_that_is_no_table_inside_a_zip(tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("orders.csv", "a,b\n1,2\n")
    with pytest.raises(TabularError, match="archive"):
        open_table(written(tmp_path, data.getvalue()))


def test_limits(tmp_path):
    path = written(tmp_path, b"a,b\n" + b"1,2\n" * 100)
    with pytest.raises(TabularError, match="too large"):
        open_table(path, limits=Limits(stored=100))
    with pytest.raises(TabularError, match="too large"):
        open_table(path, limits=Limits(unpacked=100))
    with pytest.raises(TabularError, match="no such file"):
        open_table(tmp_path / "nowhere.csv")


def test_refused_rows_keep_their_columns_and_get_a_reason(tmp_path):
    with ErrorFile(tmp_path / "errors.csv", ["a", "reason"]) as target:
        target.row(["=1+1", "x", "y"], "too wide")
    lines = (tmp_path / "errors.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["a,reason,reason_", "'=1+1,x y,too wide"]
