"""What may tell who somebody is: found as people write it, and not in what they write of services, groups and places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.identifying import is_nhs_number, looks_identifying, names_a_person

NAME, PHONE, NHS, EMAIL, POSTCODE, BIRTH = (
    "a name", "a phone number", "an NHS number", "an email address", "a postcode", "a date of birth",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("I saw Amina on the ward", NAME, "Amina"),
        ("it was dr khan who said so", NAME, "dr khan"),
        ("ask Mrs. O’Neill", NAME, "Mrs. O’Neill"),
        ("My name is sam and I waited", NAME, "My name is sam"),
        ("she is called bola", NAME, "she is called bola"),
        ("Jane Smith was kind", NAME, "Jane Smith"),
        ("Thanks to Jean-Pierre for this", NAME, "Jean-Pierre"),
        ("call 07700 900123", PHONE, "07700 900123"),
        ("call +44 7700 900 123", PHONE, "+44 7700 900 123"),
        ("call 0044 20 7946 0958 now", PHONE, "0044 20 7946 0958"),
        ("call (0114) 496-0123", PHONE, "(0114) 496-0123"),
        ("call ٠٧٧٠٠٩٠٠١٢٣", PHONE, "07700900123"),
        ("number 943 476 5919", NHS, "943 476 5919"),
        ("number 9434765919.", NHS, "9434765919"),
        ("number 943-476-5919", NHS, "943-476-5919"),
        ("write to someone@example.org", EMAIL, "someone@example.org"),
        ("write to some.one (at) example.org", EMAIL, "some.one (at) example.org"),
        ("I live in s10 2tn", POSTCODE, "s10 2tn"),
        ("at SW1A1AA", POSTCODE, "SW1A1AA"),
        ("born 03/05/1980", BIRTH, "03/05/1980"),
        ("born on the 3rd of May 1980", BIRTH, "born on the 3rd of May 1980"),
        ("DOB 1980-05-03", BIRTH, "1980-05-03"),
        ("May 3, 1980", BIRTH, "May 3, 1980"),
        ("I was born in 1980", BIRTH, "born in 1980"),
        ("on 3.5.80", BIRTH, "3.5.80"),
    ],
)
def test_a_moderator_is_warned_of_what_may_identify_somebody(text: str, kind: str, found: str) -> None:
    assert (kind, found) in {(one.looks_like, one.found) for one in looks_identifying(text)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "we can see a difference",
        "Black Caribbean people in East London waited longer than White British people.",
        "Talking Therapies were offered on Monday. In June it was different.",
        "About 60 more people in 2024, 1,200 of 5,000, or 26 in every 1,000.",
        "The doctor was late and the nurse who came did not listen.",
        "NHS staff and I spoke. It was OK. We want CBT in Urdu.",
        "The rate was 105.3 (95% interval 98.1 to 112.9) in 2023-24.",
        "number 943 476 5918",
        "hold back 1234567890123456789",
    ],
)
def test_what_is_said_of_services_groups_and_numbers_warns_of_nothing(text: str) -> None:
    assert looks_identifying(text) == ()


def test_a_warning_says_what_it_found_and_what_to_do() -> None:
    [warned] = looks_identifying("call 07700 900123")
    assert warned.sentence.startswith("“07700 900123” looks like a phone number. Check")


@pytest.mark.parametrize(
    ("digits", "valid"),
    [("9434765919", True), ("9434765918", False), ("4505577104", True), ("943476591", False), ("94347659x9", False)],
)
def test_the_check_digit_of_an_nhs_number_is_modulus_11(digits: str, *, valid: bool) -> None:
    assert is_nhs_number(digits) is valid


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_at_most_one_last_digit_makes_an_nhs_number(nine: str) -> None:
    assert sum(is_nhs_number(f"{nine}{last}") for last in range(10)) <= 1


@given(st.text(max_size=400))
def test_any_text_can_be_looked_at(text: str) -> None:
    for one in looks_identifying(text):
        assert one.found


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["0 " * 2000, "a" * 4000, "A " * 2000, "a@" * 2000, "1/1/" * 1000, "Dr " * 1300, "born in " * 500])
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    looks_identifying(text)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("community engagement lead", False),
        ("Head of Nursing", False),
        ("carer, panel member", False),
        ("Dr Smith", True),
        ("mrs jones", True),
        ("lead@example.org", True),
        ("lead, 07700 900123", True),
    ],
)
def test_a_role_is_told_from_a_person(text: str, *, person: bool) -> None:
    assert names_a_person(text) is person
