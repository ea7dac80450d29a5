import pytest

from stage.authorization.calls.paths import Path
from stage.authorization.errors import UnplacedCallError

PARAMETERS = {
    "Name": "mail",
    "Names": ["one", "", "two"],
    "Count": 3,
    "Forced": True,
    "Nothing": None,
    "Entries": [{"Id": "a"}, {"Other": "b"}, {"Id": "c"}],
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Name", ["mail"]),
        ("Names", ["one", "two"]),
        ("Count", ["3"]),
        ("Forced", ["true"]),
        ("Nothing", []),
        ("Missing", []),
        ("Entries[].Id", ["a", "c"]),
        ("[Name, Names]", ["mail", "one", "two"]),
        ("Missing || Name", ["mail"]),
        ("Missing || 'default'", ["default"]),
    ],
)
def test_a_path_gives_all_texts(path, expected):
    """Of all levels of lists."""
    assert expected == Path(path).texts(PARAMETERS)


def test_a_path_gives_what_is_there():
    """As it is, for tags and for mappings."""
    assert [{"Id": "a"}, {"Other": "b"}, {"Id": "c"}] == Path("Entries").found(PARAMETERS)
    assert Path("Missing.Further").found(PARAMETERS) is None


def test_a_parameter_of_a_type_that_it_never_has_is_refused_by_its_path():
    """It is a mistake of the caller's, and not of the data's."""
    with pytest.raises(UnplacedCallError, match=r"keys\(Name\)"):
        Path("keys(Name)").found(PARAMETERS)
