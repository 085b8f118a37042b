from runtime.check import hidden_fields

PAGE = """
<form action="/language/" method="post"><input type="hidden" name="csrfmiddlewaretoken" value="other"></form>
<form method="post">
  <input type="hidden" name="csrfmiddlewaretoken" value="tok">
  <input name="next" type="hidden" value="/customers/?a=1&amp;b=2">
  <input type="text" name="username"><input type="password" name="password">
</form>
"""


def test_the_hidden_fields_of_the_sign_in_form_are_found() -> None:
    assert hidden_fields(PAGE) == {"csrfmiddlewaretoken": "tok", "next": "/customers/?a=1&b=2"}


def test_a_page_without_the_form_has_none() -> None:
    assert hidden_fields("<p>busy</p>") == {}
