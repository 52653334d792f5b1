from contracts import standard
from contracts.summary import changed, eight_lines
from contracts.values import Value, checked

GIVEN: dict[str, Value] = {
    "proposer": {"legal_name": "Halcyon"},
    "other": {"legal_name": "Blue Mesa"},
    "governing_law": "US-NY",
}
_, WORDING = standard.load()


def test_the_eight_lines_of_the_standard_text():
    lines = eight_lines(WORDING, checked(WORDING.variables, GIVEN))

    assert [(line.topic, line.clause) for line in lines] == [
        ("Clients", 6),
        ("How long", 6),
        ("Damages", 10),
        ("People", 8),
        ("Payment", 20),
        ("Insurance", 15),
        ("Ending", 23),
        ("Law", 27),
    ]
    assert (
        lines[1].sentence == "A client stays protected until 12 months after your last day of service there."
    )
    assert lines[3].sentence == "Nothing about each other's people: the clause is switched off."
    assert lines[7].sentence == "The law of New York."


def test_the_lines_follow_the_values():
    values = checked(
        WORDING.variables, {**GIVEN, "personnel_clause": True, "client_clause": False, "net_days": 1}
    )

    said = {line.topic: line.sentence for line in eight_lines(WORDING, values)}

    assert said["People"].startswith("People met through a job are not approached for 12 months")
    assert "no job can be offered" in said["Clients"]
    assert said["Payment"].startswith("Approved work is paid 1 day after")


def test_changes_from_the_standard_text_are_counted():
    values = checked(WORDING.variables, {**GIVEN, "net_days": 30, "client_tail_months": 18})

    assert [variable.key for variable in changed(WORDING, values)] == ["client_tail_months", "net_days"]
    assert changed(WORDING, checked(WORDING.variables, GIVEN)) == ()
