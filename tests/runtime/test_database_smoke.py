import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_migrations_fit_this_postgres_and_chinese_has_trigrams() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm('张三丰公司')")
        (trigrams,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM django_migrations")
        (migrations,) = cursor.fetchone()
    assert len(trigrams) >= 4
    assert migrations > 10


def test_similar_chinese_names_are_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT similarity('上海华为技术有限公司', '上海华为科技有限公司')")
        assert cursor.fetchone()[0] > 0.3
