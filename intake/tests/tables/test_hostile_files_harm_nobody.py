"""What a file does to its reader, it does to a process of its own with limits; people get a sentence, in seconds."""

import gzip
import io
import resource
import time
import zipfile
from pathlib import Path

import pytest
from django.utils import translation

from intake.tables import child
from intake.tabular import UPLOAD_LIMITS, Limits, Table, TabularError, open_table

MEGABYTE = 1024 * 1024
SMALL = Limits(stored=50 * MEGABYTE, unpacked=60 * MEGABYTE, workbook=60 * MEGABYTE, memory=128 * MEGABYTE, seconds=10)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def workbook(tmp_path: Path, *sheets: str, end: tuple[str, int] = ("", 0), **more: str) -> Path:
    """An XLSX with these rows of XML in its sheets, `end` so many times; `more` are further files of xl/."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = range(1, len(sheets) + 1)
    tags = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in names)
    target = '<Relationship Id="r{n}" Type="{links}/worksheet" Target="worksheets/sheet{n}.xml"/>'
    targets = "".join(target.format(n=n, links=links) for n in names)
    files = {
        "workbook": f'<workbook {main} xmlns:r="{links}"><sheets>{tags}</sheets></workbook>',
        "_rels/workbook.xml.rels": f"<Relationships>{targets}</Relationships>",
        **more,
    }
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"xl/{name}" if name.endswith("rels") else f"xl/{name}.xml", text)
        for n, rows in zip(names, sheets, strict=True):
            with archive.open(f"xl/worksheets/sheet{n}.xml", "w") as target_file:
                target_file.write(f"<worksheet {main}><sheetData>{rows}".encode())
                for _time in range(end[1]):
                    target_file.write(end[0].encode())
                target_file.write(b"</sheetData></worksheet>")
    return tmp_path / "book.xlsx"


def cell(place: str, text: str = "x") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def refused(path: Path, limits: Limits = UPLOAD_LIMITS) -> str:
    """The sentence with which the file is refused, within seconds and without memory of ours."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TabularError) as caught:
        for _row in open_table(path, limits=limits).rows():
            pass
    assert time.monotonic() - began < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024, "kilobytes"
    return str(caught.value)


def test_two_cells_in_the_corners_of_a_sheet(tmp_path):
    corners = f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>'
    assert "has 16,384 columns" in refused(workbook(tmp_path, corners))


def test_a_tall_sheet_of_two_rows_is_two_rows(tmp_path):
    tall = f'<row r="1">{cell("A1")}{cell("T1")}</row><row r="1048576">{cell("A1048576")}{cell("T1048576", "y")}</row>'
    table = open_table(workbook(tmp_path, tall), limits=SMALL)
    [(number, cells)] = table.rows()
    assert (number, cells[0], cells[-1], table.place) == (1, "x", "y", 1_048_576)


def test_styled_cells_far_away_that_hold_nothing_do_not_count(tmp_path):
    rows = f'<row r="1">{cell("A1")}{cell("B1")}<c r="XFD1" s="1"/></row><row r="2">{cell("A2")}</row>'
    assert len(open_table(workbook(tmp_path, rows)).columns) == 2


def test_more_rows_than_a_sheet_can_have(tmp_path):
    assert "more than 1,048,576 rows" in refused(
        workbook(tmp_path, cell("A1").join(["<row>", "</row>"]) + "<row/>" * 1_048_577)
    )


def test_more_cells_than_are_read(tmp_path):
    row = f"<row>{'<c><v>1</v></c>' * 200}</row>"
    path = workbook(tmp_path, f"<row>{cell('A1')}</row>", end=(row * 1000, 101))
    assert "more than 20,000,000 cells" in refused(path, Limits(ratio=10_000))


@pytest.mark.parametrize("name", ["a", ""])
def test_a_header_of_thousands_of_equal_names(tmp_path, name):
    path = tmp_path / "wide.csv"
    path.write_text(",".join([name or "x", *[name] * 20_000, "x"]) + "\n1\n")
    assert "20,002 columns, at most 300" in refused(path)


def test_a_header_that_is_longer_than_any_header(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text("a (2)," * 20_000 + "\n1\n")
    assert "too long for a header" in refused(path)


def test_equal_names_within_the_limit_are_told_apart(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(",".join(["a"] * 300) + "\n1\n")
    assert len(set(open_table(path).columns)) == 300


def test_two_thousand_sheets_of_which_the_last_is_used(tmp_path):
    used = f'<row r="1">{cell("A1")}{cell("B1")}</row><row r="2">{cell("A2")}</row>'
    table = open_table(workbook(tmp_path, *[""] * 1999, used), limits=UPLOAD_LIMITS)
    assert table.columns == ["x", "x (2)"]


def test_shared_texts_beyond_the_memory(tmp_path):
    texts = "".join(f"<si><t>{n:020d}</t></si>" for n in range(1_500_000))
    path = workbook(tmp_path, f"<row>{cell('A1')}</row>", sharedStrings=f"<sst>{texts}</sst>")
    assert "too large or too complex" in refused(path, SMALL)


def test_one_long_text_said_a_million_times(tmp_path):
    texts = f"<sst><si><t>{'x' * 30_000}</t></si></sst>"
    path = workbook(
        tmp_path, f"<row>{cell('A1')}</row>", end=('<row><c t="s"><v>0</v></c></row>', 100_000), sharedStrings=texts
    )
    assert "too large" in refused(path, SMALL)


def test_entities_that_grow(tmp_path):
    lol = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    assert "damaged" in refused(workbook(tmp_path, f"<row>{cell('A1')}</row>", sharedStrings=lol))


def test_bombs_inside_of_both_packings(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"0" * (80 * MEGABYTE)))
    assert "suspiciously" in refused(path)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (80 * MEGABYTE))
    path.write_bytes(data.getvalue())
    assert "suspiciously" in refused(path)


def test_one_huge_cell_costs_its_row(tmp_path):
    path = tmp_path / "huge.csv"
    path.write_text("a,b\n1,2\n3," + "x" * (20 * MEGABYTE) + "\n4," + "y" * 40_000 + "\n5,6\n")
    rows = [cells for _number, cells in open_table(path, limits=SMALL).rows()]
    assert [(cells[0], getattr(cells, "reason", "")) for cells in rows[::3]] == [("1", ""), ("5", "")]
    assert "too long to be read" in rows[1].reason
    assert "longer than 32,767 characters" in rows[2].reason


def test_quotation_marks_that_make_every_line_be_read_again_and_again(tmp_path):
    path = tmp_path / "quotes.csv"
    path.write_text("a,b,c\n" + 'x",y,"z\n' * 200_000)
    assert "quotation marks are missing in very many rows" in refused(path, SMALL)


def test_a_reader_that_dies_or_hangs_is_a_sentence(tmp_path, monkeypatch):
    path = tmp_path / "plain.csv"
    path.write_text("a,b\n1,2\n")
    table = open_table(path)
    monkeypatch.setattr(child, "START", "import os; os.abort()")
    assert "too large or too complex" in refused(path)
    with pytest.raises(TabularError, match="too large or too complex"):
        list(table.rows())
    monkeypatch.setattr(child, "START", "import time; time.sleep(60)")
    assert "took too long" in refused(path, Limits(seconds=1))


def test_more_looks_than_take_turns_are_asked_to_come_again(tmp_path, monkeypatch):
    monkeypatch.setattr(child, "PATIENCE", 0.01)
    path = tmp_path / "plain.csv"
    path.write_text("a,b\n1,2\n")
    with child.AT_ONCE, child.AT_ONCE:
        assert "again in a minute" in refused(path)
    assert isinstance(open_table(path), Table)


def test_a_reader_gets_no_secrets_and_ends_with_whoever_asks(tmp_path, monkeypatch):
    path = tmp_path / "plain.csv"
    path.write_text("a,b\n" + "1,2\n" * 200_000)
    started = []
    popen = child.subprocess.Popen
    monkeypatch.setattr(
        child.subprocess, "Popen", lambda *args, **more: started.append((popen(*args, **more), more)) or started[-1][0]
    )
    rows = open_table(path).rows()
    next(rows)
    rows.close()
    assert [process.poll() is not None for process, _more in started] == [True, True]
    assert all(more["env"] == {} for _process, more in started)
