"""Lists as firms paste them: any order, any separator, with a header or without. What isn't understood is said."""

import time

import pytest

from intake.colleagues.reading import MOST_LINES, Words, read_text

WORDS = Words(
    {
        "销售代表": "rep",
        "sales rep": "rep",
        "rep": "rep",
        "业务员": "rep",
        "组长": "team_lead",
        "企业主": "owner",
        "老板": "owner",
    },
    frozenset({"上海", "east/shanghai"}),
)
ZHANG = {"name": "张三", "mobile": "13800138001", "role": "rep"}


def read(text):
    return [(found.cells, found.rest) for found in read_text(text, WORDS)]


@pytest.mark.parametrize(
    "line",
    [
        "张三\t13800138001\t销售代表",
        "张三，13800138001，业务员",
        "1、张三、13800138001、销售代表",
        "3. 13800138001  销售代表   张三",
        "销售代表:张三 13800138001",
        "张三（销售代表）13800138001",
        "　张三　　１３８００１３８００１　销售代表 ",
        "姓名：张三 手机：13800138001 岗位：销售代表",
        "张三 | Sales  Rep | 13800138001",
    ],
)
def test_one_person_in_many_spellings(line):
    assert read(line) == [(ZHANG, [])]


def test_a_header_says_what_the_columns_are_also_below_a_title():
    text = "2026年员工名单\n\n姓名 手机 岗位\n张三  13800138001   销售代表\n李 四 138 0013 8002 组长\n"
    text += "姓名 手机 岗位\n王五 13800138003 大区总"
    people = read(text)
    assert people[0] == (ZHANG, [])
    assert people[1][0]["mobile"] == "138 0013 8002"
    assert people[1][0]["role"] == "team_lead"
    assert people[2] == ({"name": "王五", "mobile": "13800138003", "role": "?"}, ["大区总"])
    assert len(people) == 3


def test_teams_addresses_and_latin_names():
    assert read("Li Na  138 0013 8000  Sales rep  East/Shanghai li.na@example.com") == [
        (
            {
                "email": "li.na@example.com",
                "mobile": "138 0013 8000",
                "role": "rep",
                "team": "East/Shanghai",
                "name": "Li Na",
            },
            [],
        )
    ]
    assert read("王五 13800138003 华东一组")[0][0]["team"] == "华东一组"
    assert read("王五 13800138003 上海")[0][0]["team"] == "上海"


def test_a_number_with_a_letter_stays_whole_so_that_it_is_refused():
    assert read("王五 1380013800x")[0][0]["mobile"] == "1380013800x"
    assert read("13800138009") == [({"mobile": "13800138009"}, [])], "a number alone is enough"


def test_what_has_no_place_is_said():
    assert read("王五 13800138003 13900139000 周一来") == [
        ({"name": "王五", "mobile": "13800138003", "role": "?"}, ["13900139000", "周一来"])
    ]


@pytest.mark.parametrize(
    "bomb",
    ["a" * 20_000, "㌖" * 20_000, "a/" * 10_000, "1\n" * 10_000],
    ids=["one word", "unfolding", "path", "many lines"],
)
def test_what_is_no_list_is_answered_soon(bomb):
    """One of these took a minute: signs that unfold to six each, and every one a possible begin of an address."""
    begun = time.process_time()
    found = read_text(bomb, WORDS)
    assert time.process_time() - begun < 5
    assert found[0].rest or len(found) == MOST_LINES, "it isn't dropped in silence"
