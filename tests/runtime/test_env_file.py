from pathlib import Path

from runtime import envfile


def test_first_line_of_a_name_wins_and_comments_are_skipped() -> None:
    assert envfile.parse("# A=0\nA=1\n\nA=2\nB = x=y \n") == {"A": "1", "B": "x=y"}


def test_a_start_rewrites_its_block_and_keeps_the_operators_lines(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("# mine\nTIME_ZONE=Asia/Tokyo")
    envfile.rewrite_block(file, {"DATABASE_URL": "old"})
    envfile.rewrite_block(file, {"DATABASE_URL": "new"})
    assert file.read_text() == f"# mine\nTIME_ZONE=Asia/Tokyo\n{envfile.MARK}\nDATABASE_URL=new\n"


def test_a_generated_key_lands_above_the_block(tmp_path: Path) -> None:
    file = tmp_path / "env"
    envfile.rewrite_block(file, {"DATABASE_URL": "a"})
    envfile.add_own(file, {"SECRET_KEY": "s"})
    envfile.rewrite_block(file, {"DATABASE_URL": "b"})
    assert envfile.read(file) == {"SECRET_KEY": "s", "DATABASE_URL": "b"}
    assert envfile.read_own(file) == {"SECRET_KEY": "s"}


def test_an_operators_line_wins_over_the_block(tmp_path: Path) -> None:
    file = tmp_path / "env"
    envfile.rewrite_block(file, {"BASE_URL": "http://127.0.0.1:8000"})
    envfile.add_own(file, {"BASE_URL": "https://crm.example.com"})
    assert envfile.read(file)["BASE_URL"] == "https://crm.example.com"


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("")
    file.chmod(0o644)
    envfile.add_own(file, {"SECRET_KEY": "s"})
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_missing_file_is_empty(tmp_path: Path) -> None:
    assert envfile.read(tmp_path / "none") == {}
