"""A quotation mark that is missing never swallows the rows behind it, and rows that are whole stay whole."""

import pytest
from django.utils import translation

from intake.tabular import DamagedRow, TabularError, open_table

HEAD = "N,C,D,A,P\nU1,X,2026-05-01,10,tea\n"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def read(tmp_path):
    """`read(text)`: the first cell of every row, "!" before those that are refused."""

    def rows(text: str, single: tuple[str, ...] = ()) -> list[str]:
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8", newline="")
        found = open_table(path).rows(single=single)
        return [f"{'!' * isinstance(cells, DamagedRow)}{cells[0]}" for _number, cells in found]

    return rows


@pytest.mark.parametrize(
    "rows",
    [
        'U2,X,2026-05-02,20,"5 inch pot\nU3,X,2026-05-03,30,cup\nU4,X,2026-05-04,40,cup\n',  # never closed
        'U2,X,2026-05-02,20,"5 inch pot\nU3,X,2026-05-03,30,cup\nU4,X,2026-05-04,40,"cup"\n',  # by the next one
        'U2,X,2026-05-02,20,"5 inch pot\nU3,X,2026-05-03,30,cup 5"\nU4,X,2026-05-04,40,cup\n',  # at a line's end
        'U2,"X,2026-05-02,20,pot\nU3,X,2026-05-03,30,cup\nU4,X,2026-05-04,40,cup\n',  # in the middle
        '"U2","X","2026-05-02","20","pot\n"U3","X","2026-05-03","30","cup"\nU4,X,2026-05-04,40,cup\n',
        '"U2","X,"2026-05-02","20","pot"\n"U3","X","2026-05-03","30","cup"\nU4,X,2026-05-04,40,cup\n',
        'U2,X,2026-05-02,20,"pot\r\nU3,X,2026-05-03,30,cup\r\nU4,X,2026-05-04,40,cup\r\n',
    ],
)
def test_the_row_is_refused_and_those_behind_it_are_read(read, rows):
    assert read(HEAD + rows) == ["U1", "!U2", "U3", "U4"]


def test_hundreds_of_rows_before_the_mark_is_closed(read):
    between = [f"U{n},X,2026-05-03,30,cup\n" for n in range(3, 1003)]
    found = read(HEAD + 'U2,X,2026-05-02,20,"pot\n' + "".join(between) + 'U1003,X,2026-05-04,40,cup 5"\n')
    assert found == ["U1", "!U2", *[f"U{n}" for n in range(3, 1004)]]


def test_the_sentence_names_the_line(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(HEAD + 'U2,X,2026-05-02,20,"pot\nU3,X,2026-05-03,30,cup\n')
    table = open_table(path)
    _first, (number, cells), _last = table.rows()
    assert (number, cells) == (2, ["U2", "X", "2026-05-02", "20", "pot"])
    assert cells.reason == "A quotation mark is missing in this row (line 3 of the file)."


@pytest.mark.parametrize(
    "cells",
    [
        'A,13812345678,"line one\nline two, and more\nthree"',
        'A,13812345678,"Flat 3,\nHigh Street, London"',
        'A,13812345678,"says ""yes""\nand ""no"""',
        '"A","13812345678","one\r\ntwo"',
    ],
)
def test_notes_of_several_lines_are_one_row(read, cells):
    assert read(f"Name,Phone,Notes\n{cells}\nB,13812345679,x\n") == ["A", "B"]


def test_a_name_has_one_line(read):
    text = 'Name,Phone,Notes\n"A\nLee",13812345678,x\nB,13812345679,"x\ny"\n'
    assert read(text, single=("Name", "Phone")) == ["!A\nLee", "B"]


def test_inches_are_no_quotation_marks(read):
    assert read('P,N\n5" pot,1\n"5"" pot",2\n') == ['5" pot', '5" pot']


def test_a_short_row_is_doubted_where_all_others_are_whole(read):
    whole = [f"U{n},X,2026-05-01,10,tea\n" for n in range(30)]
    assert read("N,C,D,A,P\n" + "".join(whole) + "sum of all\nU31,X,2026-05-01,10\n")[-2:] == ["!sum of all", "U31"]


def test_a_header_with_an_open_mark_is_refused(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text('N,"C,D,A\n1,2,3,4\n')
    with pytest.raises(TabularError, match=r"quotation mark is missing in the header \(row 1\)"):
        open_table(path)


def test_going_on_in_the_middle_counts_the_same(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(HEAD + 'U2,X,2026-05-02,20,"pot\nU3,X,2026-05-03,30,cup\nU4,X,2026-05-04,40,cup\n')
    everything = list(open_table(path).rows())
    for start in range(4):
        assert list(open_table(path).rows(start=start)) == everything[start:]
