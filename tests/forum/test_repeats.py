"""The warning about paragraphs that stand twice in a row."""

from django.template.loader import render_to_string

from forum.repeats import Repeat, repeated_paragraphs, without_paragraph

TWICE = "The desks move on Monday.\n\nThe  desks move\non MONDAY.\n\nAnd back on Friday."


def lines(body):
    return [repeat.line for repeat in repeated_paragraphs(body)]


def test_the_same_paragraph_right_below_is_told_whatever_its_blanks_and_capitals():
    assert repeated_paragraphs(TWICE) == [Repeat(3, "The desks move")]
    assert lines(TWICE.replace("\n", "\r\n")) == [3]
    assert lines("One two three.\n\nOne two three.\n\n\nOne two three.") == [3, 6]


def test_list_items_count_each_for_itself_whatever_their_marks():
    assert lines("- a whole day\n- a whole day\n- half a day") == [2]
    assert lines("1. a whole day\n2. a whole day\n   - a whole day") == [2, 3]
    assert lines("A whole day\n\n- a whole day") == [3]


def test_what_stands_further_off_or_says_little_is_no_repeat():
    assert lines("One two three.\n\nElse.\n\nOne two three.") == []
    assert lines("Yes.\n\nYes.") == []
    assert lines("* * * * *\n\n* * * * *\n\n***\n\n***") == []
    assert lines("Undemocratically-speaking\n\nundemocratically-speaking") == [3]
    assert lines(":::quotation\npublisher: A B C\n\nWords of the day.\n:::\nWords of the day.") == []
    assert lines("") == []


def test_a_long_beginning_is_cut_at_a_word():
    long = "word " * 30
    assert repeated_paragraphs(f"{long}\n\n{long}")[0].beginning == "word " * 12 + "…"


def test_dropping_takes_the_paragraph_and_leaves_the_rest_as_it_stands():
    assert without_paragraph(TWICE, 3) == "The desks move on Monday.\n\nAnd back on Friday."
    assert without_paragraph("Say it again\n\nSay it again", 3) == "Say it again\n"
    assert without_paragraph("- a whole day\n- a whole day\n- half a day", 2) == "- a whole day\n- half a day"


def test_a_line_that_repeats_nothing_any_more_is_never_dropped():
    assert without_paragraph(TWICE, 1) == TWICE
    assert without_paragraph(TWICE, 6) == TWICE
    assert without_paragraph(TWICE, 999) == TWICE


def test_the_warning_names_the_line_and_escapes_the_words():
    html = render_to_string("forum/_repeats.html", {"repeats": [Repeat(7, "<b>Twice")]})
    assert '<button class="plain" name="drop" value="7">Drop line 7</button>' in html
    assert "&lt;b&gt;Twice" in html
    assert render_to_string("forum/_repeats.html", {"repeats": []}).strip() == ""
