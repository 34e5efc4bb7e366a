"""Saved Blogger pages in both layouts: where each comment begins and ends, and under whom it stands."""

import datetime
import random
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forum.imports.saved_page import SavedComment, SavedPage, SavedPageError, read_saved_page

# The traps, each with a test below that bears its name.
#
# flattened   the label follows the first line; one-line comments in a row; a last label alone on its line;
#             text after a label begins with anything; real words that begin like a label; a label without
#             a comment; a reply before any top-level comment; two labels together; labels that stand alone
# numbered    text like "1. …", "Replies", "Delete the form", a clock time, a lone "Delete"; two- and
#             three-digit numbers; tabs, no-break spaces, CRLF, BOM, any indentation; no "Replies" line;
#             header spellings; header-like lines in post and comment; counts that disagree; removed
#             comments; replies to replies; a page cut off; numbers that jump
# both        furniture at every place it can stand, and sentences that only look like it; dates; rules and
#             lists in the post; no comments; big pages; deep nesting; what is no saved page at all

PAGES = Path(__file__).parent / "pages"


def page(name: str) -> SavedPage:
    return read_saved_page((PAGES / f"{name}.txt").read_text(encoding="utf-8"))


def comments(text: str) -> list[tuple[str, int | None]]:
    return [(comment.text, comment.parent) for comment in read_saved_page(text).comments]


def flattened(*lines: str) -> list[tuple[str, int | None]]:
    return comments("\n".join(["The post.", *lines]))


def numbered(listing: str, header: str = "2 comments:") -> list[tuple[str, int | None]]:
    return comments(f"2 February 2021\n\nTitle\n\nThe post.\n\n{header}\n\n{listing}")


def refusal(text: str) -> str:
    with pytest.raises(SavedPageError) as caught:
        read_saved_page(text)
    message = str(caught.value)
    assert "\n" not in message and message.endswith(".")
    return message


# Whole pages


def test_a_flattened_page():
    read = page("flattened")
    assert (read.title, read.published, read.declared) == (None, None, None)
    assert read.body == (
        "The kettle on the second floor has gone again, and nobody has said where to.\n\n"
        "Here is what the notice on the fridge says:-\n\n"
        "How to look after a kettle\n\n"
        "Fill it before you switch it on. Empty it before the weekend.\n\n"
        "What every kettle needs\n\n"
        "- a lid that shuts\n- somebody who descales it\n- a cupboard of its own\n\n"
        "Thank you for reading the notice.\n\n"
        "--oo00oo--\n\n"
        "The stapler is a matter for another day."
    )
    assert read.comments == [
        SavedComment("Our kettle never left, it only moved to the interview rooms.", None),
        SavedComment("i saw it there too, next to the biscuit tin", 0),
        SavedComment("https://kettles.example.org/second-floor", 0),
        SavedComment("08:52 is far too early for a kettle quarrel.\ndoes anybody descale it, though?", 0),
        SavedComment("Asking for the tea club.\n“Descale”, she says, as if we had vinegar.", 0),
        SavedComment(
            "From the minutes of the tea club:-\n"
            '"The kettle is an agreed kettle.\n'
            '"It belongs to nobody in particular."\n'
            "Deleted and written again by the secretary, as always.",
            0,
        ),
        SavedComment("Some remarks on mugs:\n1. Wash yours.\n2. Leave mine.\n3. Replies are not needed.", None),
        SavedComment(
            "Reply if you must.\n'The spoon lady'\nDelete this if it is off the topic, but I miss the old urn.",
            6,
        ),
    ]


def test_a_flattened_page_with_furniture():
    read = page("flattened_with_furniture")
    assert read.body == "The car park has four spaces and eleven cars.\n\n* bring a bicycle\n* bring patience"
    assert read.declared == 3
    assert read.comments == [
        SavedComment("I come by bus, so I have no opinion, and I am giving it anyway.", None),
        SavedComment("Share your opinion with the bus, then.", 0),
        SavedComment("Posted by mistake, sorry. I was looking at Home.", 0),
    ]


def test_a_flattened_page_without_comments():
    read = page("flattened_without_comments")
    assert read.comments == []
    assert read.body == (
        "The photocopier has learnt to fold paper.\n\nIt has not learnt to unfold it.\n\n*******\n\n"
        "More when the engineer has been."
    )


def test_the_heading_and_post_of_a_numbered_page():
    read = page("numbered")
    assert (read.title, read.published) == ("The Great Biscuit Survey", datetime.date(2021, 2, 2))
    assert (read.declared, len(read.comments)) == (12, 14)
    assert read.body == (
        "The tin went round on Monday.\u00a0 It came back on Tuesday.\n\n"
        "Nobody had counted, so here are the answers as they came.\n\n"
        '******\n"Ginger, always ginger."\n\n******\n\n'
        "We asked for\n\n1. a favourite\n2. a reason\n\nand mostly got crumbs."
    )


def test_the_comments_of_a_numbered_page():
    assert page("numbered").comments == [
        SavedComment(
            "Plain ones, because they keep.\n\nMy reasons, in order:\n\n1. they keep\n2. they keep\n"
            "10. they are all that is left by Friday\n\nReplies\n"
            "Delete the form if you must, the tin stays.\n\n09:41",
            None,
        ),
        SavedComment("They keep because nobody eats them.", 0),
        SavedComment("At 09:41 I was in the queue for the tin.\n\nI heard:\nDelete\nthat was all she said.", 0),
        SavedComment("This comment has been removed by the author.", 0),
        SavedComment("Nothing wrong with plain.", 0),
        SavedComment("Plain is a feeling.", 0),
        SavedComment("No comment", 0),
        SavedComment("Reply to all: plain.", 0),
        SavedComment('"2. a reason" made me laugh.', 0),
        SavedComment("1. I started a list here.\n2. I have lost it.", 0),
        SavedComment("Ten replies about plain biscuits.", 0),
        SavedComment("Shortbread\n(all butter)\nor nothing", None),
        SavedComment("The tin needs a new lid.\n\nDelete\n...said my manager, of my joke about the lid.", None),
        SavedComment("Deleted jokes are the best ones.", 12),
    ]


def test_a_numbered_page_without_comments():
    read = page("numbered_without_comments")
    assert (read.title, read.published) == ("A Quiet Week", datetime.date(2020, 7, 3))
    assert read.body == "Nothing happened, twice.\n\nNo comments on the rota, please, it is being mended."
    assert (read.comments, read.declared) == ([], 0)


# Flattened: labels


def test_the_label_stands_after_the_first_line():
    assert flattened("One", "ReplyDeletetwo", "three", "Four", "Deletefive") == [
        ("One\ntwo\nthree", None),
        ("Four\nfive", 0),
    ]


def test_comments_of_one_line_in_a_row_and_a_last_label_alone():
    assert flattened("One", "ReplyDeleteTwo", "DeleteThree", "ReplyDeleteFour", "Delete") == [
        ("One", None),
        ("Two", 0),
        ("Three", None),
        ("Four", 2),
    ]


def test_a_post_without_text_and_a_single_comment_of_one_line():
    assert comments("Lovely picture.\nReplyDelete\n") == [("Lovely picture.", None)]


AFTER_A_LABEL = """i'm in|https://tea.example.org|08:52 sharp|1248 is me|“Quoted”|"Quoted"|'x marks|’tis so|does it|do tell
so there|see above|don't|d'you think so|s’pose so|rs232 cables|...and more|:-) yes|;-)|!!!|?|@10:15 no|#tea|£4 a cup
(aside)|- a dash|* a star|_under_|é accented|🫖 tea|Deleted it myself|Delete Nothing|Delete this too|Replies are late|Reply, do
\u00a0indented|able to come|r u there|/irony""".replace("\n", "|").split("|")


@pytest.mark.parametrize("text", AFTER_A_LABEL)
@pytest.mark.parametrize("label", ["Delete", "ReplyDelete"])
def test_text_after_a_label_begins_with_anything(text, label):
    parent = 0 if label == "Delete" else None
    expected = [("One", None), ("Two", parent)]
    assert flattened("One", "ReplyDeleteTwo", label + text) == [expected[0], ("Two\n" + text, parent)]
    assert flattened("One", "ReplyDeleteTwo", label + text, "Delete")[2:] == [(text, 0 if parent == 0 else 1)]


@pytest.mark.parametrize(("line", "rest"), [('Delete "So" she said', '"So" she said'), ("Delete So", "So")])
def test_a_label_parted_from_its_text_by_a_blank(line, rest):
    assert flattened("One", "ReplyDeleteTwo", line) == [("One", None), ("Two\n" + rest, 0)]


REAL_WORDS = """Deleted|Deleted by whom?|Deleted. Again.|“Deleted”|Deletes itself|Deletes, then|Deleting it|Deleters all
Deleterious tea|Delete this please|Delete  two blanks|Delete élan|Reply|Reply to me|Replying|Replies are slow|Replies
delete it|DELETE IT|Deleted’ is a word|reply|ReplyAll""".replace("\n", "|").split("|")


@pytest.mark.parametrize("text", REAL_WORDS)
def test_words_that_begin_like_a_label_stay_text(text):
    assert flattened("One", "ReplyDeleteuno", text, text, "Two", "Deletedue", text) == [
        (f"One\nuno\n{text}\n{text}", None),
        (f"Two\ndue\n{text}", 0),
    ]


def test_blank_lines_and_crlf_between_flattened_lines_change_nothing():
    text = (PAGES / "flattened.txt").read_text(encoding="utf-8")
    assert read_saved_page("\ufeff" + text.replace("\n", " \r\n\r\n")) == page("flattened")


def test_blanks_within_a_flattened_comment_are_kept():
    assert flattened("\u00a0One", "ReplyDeletetwo  blanks ", "  three\u00a0here\u00a0") == [
        ("\u00a0One\ntwo  blanks\n  three\u00a0here", None)
    ]


def test_a_label_alone_before_further_lines_of_the_same_comment():
    assert flattened("One", "ReplyDelete\u00a0", "three", "Two", "Deletedue") == [
        ("One\nthree", None),
        ("Two\ndue", 0),
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["ReplyDeleteOne", "two"], "line 1: a label stands here without a comment before it."),
        (["", "Delete"], "line 2: a label stands here without a comment before it."),
        (["Post", "One", "Deletetwo"], "line 3: a reply stands before any top-level comment."),
        (["Post", "One", "ReplyDelete", "DeleteTwo"], "line 4: a label stands here without"),
        (["Post", "One", "ReplyDelete", "", "Delete"], "line 5: a label stands here without"),
        (["Post", "One", "ReplyDeleteReplyDeleteTwo"], "line 3: two labels stand together"),
        (["Post", "One", "ReplyDeleteTwo", "DeleteDelete"], "line 4: two labels stand together"),
        (["Post", "2 comments:", "ReplyDeleteTwo", "DeleteThree"], "line 3: a label stands here without"),
        (["Post", "One", "ReplyDelete", "Two", "due", "Delete"], "line 3: the labels stand alone, but no"),
        (
            ["Post", "1. One", "ReplyDelete", "2. Two", "ReplyDelete"],
            "line 3: the labels stand alone, but no",
        ),
    ],
)
def test_labels_that_belong_to_no_comment_are_refused(lines, message):
    assert refusal("\n".join(lines)).startswith(message)


# Numbered: lists


def nested(indent: str, extra: str = "") -> str:
    return (
        f"{indent}1. One\n{indent * 2}\n{indent * 2}uno{extra}\n{indent * 2}ReplyDelete\n{indent * 2}Replies\n"
        f"{indent * 2}1. Two{extra}\n{indent * 3}Delete\n{indent * 2}2. Three\n{indent * 3}Delete{extra}\n"
        f"{indent}2. Four\n{indent * 2}ReplyDelete{extra}\n"
    )


NESTED = [("One\n\nuno", None), ("Two", 0), ("Three", 0), ("Four", None)]


@pytest.mark.parametrize("extra", ["", " ", "\t", "\u00a0"])
@pytest.mark.parametrize("indent", [" ", "  ", "   ", "    ", "        ", "\t", "\u00a0\u00a0", " \u00a0"])
def test_any_indentation_and_trailing_blanks(indent, extra):
    assert numbered(nested(indent, extra)) == NESTED


def test_crlf_bare_cr_and_a_bom():
    for end in ("\r\n", "\r"):
        read = read_saved_page(("\ufeff2 May 2020\nT\nP\n2 comments:\n" + nested("  ")).replace("\n", end))
        assert read.title == "T"
        assert [(comment.text, comment.parent) for comment in read.comments] == NESTED


def test_a_missing_replies_line():
    assert numbered(nested("  ").replace("    Replies\n", "")) == NESTED


def test_lists_without_a_margin_whose_text_is_not_indented_either():
    assert numbered("1. One\nuno\nReplyDelete\n2. Two\nReplyDelete") == [("One\nuno", None), ("Two", None)]


@pytest.mark.parametrize("aligned", [True, False])
def test_numbers_of_two_and_three_digits(aligned):
    items = [f"{f'{n}.':>{6 if aligned else 0}} Mug {n}\n       chipped\n       ReplyDelete" for n in range(1, 121)]
    assert numbered("\n".join(items)) == [(f"Mug {n}\nchipped", None) for n in range(1, 121)]


def test_the_next_number_goes_on_in_the_list_that_stands_at_its_indentation():
    replies = "".join(f"   {n}. Reply {n}\n    Delete\n" for n in range(1, 10))
    tops = "".join(f"  {n}. Top {n}\n   ReplyDelete\n" for n in range(1, 10))
    assert [parent for _, parent in numbered(tops + replies + "  10. Top 10\n   ReplyDelete")] == (
        [None] * 9 + [8] * 9 + [None]
    )


LIKE_STRUCTURE = """1. a list|2. a list|10. a list|1.|Replies|Reply|Delete the form|Deleted|ReplyDeleted|08:52|3 comments:|No comments:
Add comment|Newer Post Older Post Home|ReplyDelete or not|Home|* a star|Posted by me at 07:12|2 February 2021""".replace(
    "\n", "|"
).split("|")


@pytest.mark.parametrize("line", LIKE_STRUCTURE)
@pytest.mark.parametrize("label", ["ReplyDelete", "Delete"])
def test_text_that_looks_like_structure_stays_text(line, label):
    first = "  1. Top\n    ReplyDelete\n    Replies\n    1. One" if label == "Delete" else "  1. One"
    following = "    2. Two" if label == "Delete" else "  2. Two"
    parent = 0 if label == "Delete" else None
    listing = f"{first}\n      {line}\n\n      {line}\n      {label}\n{following}\n      {label}\n"
    assert numbered(listing)[-2:] == [(f"One\n{line}\n\n{line}", parent), ("Two", parent)]


@pytest.mark.parametrize("text", ["1. a list", "Replies", "Delete the form", "08:52", "Delete", "3 comments:"])
def test_a_first_line_that_looks_like_structure_stays_text(text):
    assert numbered(f"  1. {text}\n    ReplyDelete\n    1. {text}\n      Delete") == [(text, None), (text, 0)]


@pytest.mark.parametrize("after", ["1. one\n    2. two", "that is all", "Delete", "Replies, none"])
def test_a_line_that_says_delete_in_a_top_level_comment(after):
    listing = f"  1. Press\n    Delete\n    {after}\n    ReplyDelete\n  2. Two\n    ReplyDelete"
    assert numbered(listing)[0] == ("Press\nDelete\n" + after.replace("\n    ", "\n"), None)


def test_a_line_that_says_delete_at_the_end_of_a_reply():
    listing = "  1. One\n    ReplyDelete\n    1. I said\n      Delete\n      Delete\n  2. Two\n    ReplyDelete"
    assert numbered(listing) == [("One", None), ("I said\nDelete", 0), ("Two", None)]


def test_every_comment_of_an_old_page_closes_with_delete():
    assert numbered("  1. One\n    Delete\n  2. Two\n    Delete") == [("One", None), ("Two", None)]


def test_an_old_page_with_replies_under_delete():
    listing = "  1. One\n    Delete\n    Replies\n    1. Two\n      Delete\n  2. Three\n    Delete"
    assert numbered(listing) == [("One", None), ("Two", 0), ("Three", None)]


def test_a_tab_is_as_wide_as_eight_blanks():
    listing = "\t1. One\n\t  ReplyDelete\n\t  1. Two\n\t    Delete\n        2. Three\n          ReplyDelete"
    assert numbered(listing) == [("One", None), ("Two", 0), ("Three", None)]


def test_labels_that_stand_less_deep_than_the_text():
    assert numbered("1. One\n   uno\n    due\nReplyDelete") == [("One\nuno\n due", None)]


def test_replies_to_replies():
    listing = (
        "  1. A\n    ReplyDelete\n    Replies\n    1. B\n      Delete\n      Replies\n      1. C\n        Delete\n"
        "        1. D\n          Delete\n    2. E\n      Delete\n  2. F\n    ReplyDelete"
    )
    assert [parent for _, parent in numbered(listing)] == [None, 0, 1, 2, 0, None]


def test_a_removed_comment_without_a_label_does_not_swallow_the_next():
    gone = "This comment has been removed by the author."
    listing = (
        f"  1. One\n    ReplyDelete\n    1. {gone}\n    2. Two\n      Delete\n  2. {gone}\n  3. F\n    ReplyDelete"
    )
    assert numbered(listing) == [("One", None), (gone, 0), ("Two", 0), (gone, None), ("F", None)]


def test_comment_deleted_is_text():
    gone = "Comment deleted\n\nThis comment has been removed by the author."
    assert numbered("  1. " + gone.replace("\n", "\n    ") + "\n    ReplyDelete") == [(gone, None)]
    one_line = gone.replace("\n\n", "\nDelete")
    assert flattened("One", "ReplyDeleteuno", one_line) == [
        ("One\nuno", None),
        (gone.replace("\n\n", "\n"), 0),
    ]


def test_a_comment_without_text_keeps_its_place():
    assert numbered("  1.\n    ReplyDelete\n    1. Pardon?\n      Delete") == [("", None), ("Pardon?", 0)]


def test_text_keeps_its_own_indentation_and_blanks():
    listing = (
        "  1. One\n    \u00a0\u00a0poem\n      deeper\n    two  blanks\u00a0here\n\n\n    end  \n\n    ReplyDelete"
    )
    assert numbered(listing) == [("One\n\u00a0\u00a0poem\n  deeper\ntwo  blanks\u00a0here\n\n\nend", None)]


@pytest.mark.parametrize(
    ("header", "declared"),
    [
        ("1 comment:", 1),
        ("12 comments", 12),
        ("1,204 comments:", 1204),
        ("12 Comments :", 12),
        ("Comments (7):", 7),
    ],
)
def test_header_spellings_and_counts_that_disagree(header, declared):
    read = read_saved_page(f"2 May 2020\nT\nThe post.\n\n {header}\n1 – 200 of 1204 Newer› Newest»\n{nested('  ')}")
    assert (read.declared, len(read.comments), read.body) == (declared, 4, "The post.")


def test_lines_like_the_header_in_the_post_and_in_the_first_comment():
    post = "3 comments:\n\n1. too hot\n2. too cold\n"
    listing = "  1. I count\n    3 comments:\n    1. hot\n    2. cold\n    ReplyDelete"
    read = read_saved_page(f"2 May 2020\nT\n{post}\n1 comment:\n\n{listing}")
    assert (read.body, read.declared) == (post.strip(), 1)
    assert read.comments == [SavedComment("I count\n3 comments:\n1. hot\n2. cold", None)]


@pytest.mark.parametrize("post", ["2 comments:\n4. legs", "Press\nDelete\nto go on.", "No comments:\nthat is all"])
def test_a_numbered_post_with_lines_of_structure(post):
    read = read_saved_page(f"2 May 2020\nT\n{post}\n\n 1 comment:\n  1. One\n    ReplyDelete")
    assert (read.body, read.comments) == (post, [SavedComment("One", None)])


@pytest.mark.parametrize(
    "post", ["No comments:\n" + "She said. " * 30, "No comments\nsaid the tin", "9 comments\nor so"]
)
def test_a_line_like_the_header_in_a_post_without_comments(post):
    read = read_saved_page(f"2 May 2020\nT\n{post}")
    assert (read.title, read.body, read.comments) == ("T", post.strip(), [])


def test_the_last_line_about_comments_counts():
    read = read_saved_page("2 May 2020\nT\n2 comments:\n\n1. hot\n2. cold\n\nNo comments:\n")
    assert (read.body, read.declared, read.comments) == ("2 comments:\n\n1. hot\n2. cold", 0, [])


def test_a_flattened_page_whose_first_comment_begins_with_a_number():
    lines = ("2 comments:", "1. I agree", "ReplyDeleteI do not", "Delete")
    assert flattened(*lines) == [("1. I agree", None), ("I do not", 0)]


HEAD = "2 May 2020\nT\nThe post.\n9 comments:\n"


@pytest.mark.parametrize(
    ("listing", "message"),
    [
        (
            "  1. One\n    ReplyDelete\n  3. Three\n    ReplyDelete",
            "line 7: a numbered comment that continues",
        ),
        ("  1. One\n    ReplyDelete\n  Two\n    ReplyDelete", "line 7: a numbered comment that continues"),
        (
            "  1. A\n    ReplyDelete\n    1. B\n      Delete\n    4. C\n      Delete",
            "line 9: a numbered comment",
        ),
        ("  1. A\n    ReplyDelete\n  1. B\n    ReplyDelete", "line 7: a numbered comment that continues"),
        (
            "  1. A\n    ReplyDelete\n  2. B\n    and then",
            "line 7: the comment that begins here has no label",
        ),
        ("  1. One\n    ReplyDelete\n    Two\n  2. B\n    ReplyDelete", "line 7: a numbered comment that"),
        ("  1. A\n    ReplyDelete\n    2. B\n      Delete\n  2. C\n    ReplyDelete", "line 7: a numbered"),
        ("  1. A\n    and then\n  2. B", "line 4: comments are announced here, but no label closes any"),
    ],
)
def test_numbered_pages_that_would_have_to_be_guessed_are_refused(listing, message):
    assert refusal(HEAD + listing).startswith(message)


# Furniture

ALWAYS_FURNITURE = """Skip to main content|Skip to sidebar|Search This Blog|Posted by The Night Caretaker at 07:12
Posted by Desk 4 at Tuesday, February 02, 2021 7:12 am|Posted by Desk 4 at 07:12 3 comments:|Labels: tea, mugs|Labels:
Reactions:|Reactions: funny (0) cool (2)|Email This BlogThis! Share to X Share to Facebook|Email This|Share to Pinterest
Email ThisBlogThis!Share to XShare to FacebookShare to Pinterest|Links to this post|Links to this post:|Create a Link
Add comment|Post a Comment|Load more...|Loading...|Newer Post Older Post Home|Newer PostOlder PostHome|Older Post Home
Older Post|Subscribe to: Post Comments (Atom)|Subscribe to: Posts (Atom)|Powered by Blogger.|View mobile version
Simple theme. Powered by Blogger.|Newer\u00a0Post Older Post Home|1 – 200 of 215 Newer› Newest»""".replace(
    "\n", "|"
).split("|")
STAYS = """Posted by hand, at last.|Labels: they stick to everything. Ask the mugs.|Home|Home is where the kettle is.
Add comment and stir.|Skip to the last paragraph, it is the best.|Reactions: mixed, and the tea cold.|Share
Newer Post-it notes are on order.|Subscribe to: nothing, that is my motto!|Powered by Blogger, and by tea.|No comment|No comment.
Email this to the tea club.|This comment has been removed by the author.|Load more paper, please.|3 comments: all rude.
Links to this post office are poor.|Posted by someone at some time|I have no comments:|Older Post boxes are red.
Labels|Reply|1 of 2""".replace("\n", "|").split("|")


@pytest.mark.parametrize("line", ALWAYS_FURNITURE)
def test_furniture_is_nobodys_text(line):
    listing = "1 comment:\n  1. One\n    ReplyDelete\n"
    expected = ("The post.", [SavedComment("One", None)])
    for text in (
        f"{line}\nThe post.\n{line}\nOne\nReplyDelete{line}",
        f"{line}\n{line}\nThe post.\n{line}\n{line}\nOne\nReplyDelete\n{line}\n\n{line}",
        f"{line}\nHome\n\nThe post.\nHome\n{line}\nOne\nReplyDelete{line}\nHome\n{line}\nHome",
        f"{line}\n2 May 2020\n\nT\n{line}\nThe post.\n{line}\n\n{listing}{line}\nHome\n{line}",
        f"{line}\n\nA Blog\n2 May 2020\nT\nThe post.\n1 comment:\n{line}\n  1. One\n    ReplyDelete\n",
    ):
        read = read_saved_page(text)
        assert (read.body, read.comments) == expected
        assert read.title in (None, "T")


@pytest.mark.parametrize("line", STAYS)
def test_sentences_that_only_look_like_furniture_stay(line):
    text = f"{line}\nPost\n{line}\nOne\nReplyDelete{line}\nTwo\nDeletedue\n{line}"
    read = read_saved_page(text)
    assert read.body == f"{line}\n\nPost\n\n{line}"
    assert read.comments == [SavedComment(f"One\n{line}", None), SavedComment(f"Two\ndue\n{line}", 0)]
    listing = f"1 comment:\n  1. {line}\n    {line}\n    ReplyDelete\n"
    read = read_saved_page(f"2 May 2020\nT\n{line}\n\nPost\n{line}\n{listing}")
    assert read.body == f"{line}\n\nPost\n{line}" or line == "Reply"
    assert read.comments == [SavedComment(f"{line}\n{line}", None)]


def test_furniture_inside_a_text_stays():
    lines = ["Quoted:", "Posted by Desk 4 at 07:12", "Home", "End of quote."]
    read = read_saved_page("\n".join([*lines, "One", "ReplyDeleteuno", *lines, "Two", "Deletedue", *lines]))
    assert read.body == "\n\n".join(lines)
    assert [comment.text for comment in read.comments] == [
        "\n".join(["One", "uno", *lines]),
        "\n".join(["Two", "due", *lines]),
    ]


def test_unknown_lines_below_a_numbered_page_belong_to_nobody():
    assert numbered(nested("  ") + "About the desk\nIt is borrowed.\n\nArchive\n1. January\n2. February") == NESTED


def test_reply_links_and_furniture_between_the_lists():
    listing = nested("  ").replace("  2. Four", "    Reply\nLoad more...\n\n  2. Four")
    assert numbered(listing) == NESTED


# Heading and post


DATES = """Sunday 15 November 2020|Sunday, 15 November 2020|Sunday, November 15, 2020|15 November 2020|November 15, 2020
15 Nov 2020|15th November 2020|Sunday 15 November 2020 07:12|15 November 2020 at 7.12 am|SUNDAY, 15 NOVEMBER 2020
Sunday,\u00a015 November 2020|November 15, 2020, 07:12:30 GMT|  Sunday 15 November 2020  """.replace("\n", "|").split(
    "|"
)


@pytest.mark.parametrize("line", DATES)
def test_dates(line):
    read = read_saved_page(f"Skip to main content\n\n{line}\n\nA Title\n\nPost\n\nNo comments:\n")
    assert (read.published, read.title, read.body) == (datetime.date(2020, 11, 15), "A Title", "Post")


@pytest.mark.parametrize(
    "line",
    ["31 February 2021", "0 May 2021", "15 Novembre 2020", "15 November", "On 15 November 2020", "15 November 20",
     "15 November 2020 was cold", "99 March 2021", "15/11/2020", "15 November 0000"],
)  # fmt: skip
def test_lines_that_are_no_dates(line):
    read = read_saved_page(f"{line}\n\nA Title\n\nNo comments:\n")
    assert (read.published, read.title, read.body) == (None, None, f"{line}\n\nA Title")


def test_a_date_far_down_or_below_prose_is_part_of_the_post():
    for above in ("\n".join(["Short."] * 30), "Long prose. " * 50):
        read = read_saved_page(f"{above}\n2 May 2020\nMore\n\nNo comments:\n")
        assert (read.published, read.title) == (None, None)
        assert read.body.startswith(above.strip())


def test_a_date_in_a_flattened_post_is_part_of_the_post():
    read = read_saved_page("2 May 2020\nPost\nOne\nReplyDeleteuno")
    assert (read.title, read.published, read.body) == (None, None, "2 May 2020\n\nPost")


def test_a_dated_page_with_neither_header_nor_labels():
    read = read_saved_page("Sunday 15 November 2020\n\nTitle\n\nPost\n\nand more")
    assert (read.title, read.body, read.comments, read.declared) == ("Title", "Post\n\nand more", [], None)


def test_a_date_without_title_or_post():
    read = read_saved_page(f"2 May 2020\n\n4 comments:\n{nested('  ')}")
    assert (read.title, read.body, len(read.comments)) == (None, "", 4)


def test_rules_and_lists_in_a_flattened_post():
    lines = [
        "Before.******",
        "*****",
        "- a",
        "* b",
        "10. c",
        "-no list",
        "--oo00oo--",
        "1. d",
        "\u00a0\u00a0after\u00a0it ",
    ]
    assert read_saved_page("\n".join(lines)).body == (
        "Before.******\n\n*****\n\n- a\n* b\n10. c\n\n-no list\n\n--oo00oo--\n\n1. d\n\nafter\u00a0it"
    )


def test_a_declared_number_without_any_comment():
    read = read_saved_page("2 May 2020\nT\nPost\n\n12 comments:\n\nAdd comment\n")
    assert (read.body, read.comments, read.declared) == ("Post", [], 12)


# What is no page, and pages that are much too big


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The page is empty."),
        ("\ufeff \r\n\u00a0\t\n", "The page is empty."),
        ("Post\nwith a \x00 in it", "line 2: this is not plain text."),
        ("Post\n\udce9", "line 2: this is not plain text."),
        ("\x01\x02\x03\x04abc", "line 1: this is not plain text."),
        (random.Random(5).randbytes(4000).decode("latin-1"), "line 1: this is not plain text."),
        ("  <!DOCTYPE html>\n<html><body>ReplyDelete</body></html>", "line 1: this is a page or document"),
        ("<html>\n", "line 1: this is a page or document"),
        ("Newer Post Older Post Home\nPowered by Blogger.", "The page holds neither a post nor comments"),
    ],
)  # fmt: skip
def test_what_is_no_saved_page(text, message):
    assert refusal(text).startswith(message)


def test_a_few_odd_characters_are_no_reason_to_refuse():
    assert comments("Tea at the caf\ufffd round the corner, as ever.\nOne\x0bone\nReplyDelete")[0][0] == "One\x0bone"


BIG = {
    "numbered": HEAD + "".join(f"  {n}. Mug\n\n    ReplyDelete\n" for n in range(1, 7000)),
    "numbered, one comment": HEAD + "  1. Mug\n" + "    Delete\n\n" * 10_000 + "    ReplyDelete",
    "numbered, only headers": HEAD * 5_000 + "  1. Mug\n    ReplyDelete",
    "numbered, blank lines": HEAD
    + "  1. Mug\n"
    + "\n" * 30_000
    + "    ReplyDelete\n"
    + "\n" * 30_000
    + "  2. A\n    Delete",
    "numbered, deep": HEAD + "".join(f"{' ' * n}1. Mug\n{' ' * n} ReplyDelete\n" for n in range(3000)),
    "numbered, one long indentation": HEAD + "  1. Mug\n" + " " * 500_000 + "x\n    ReplyDelete",
    "flattened": "Post\nOne\n" + "ReplyDeleteTwo\nDeletethree\n" * 10_000,
    "flattened, furniture": "Post\nOne\nReplyDelete" + "Newer Post Older Post Home\n" * 20_000,
    "one long line": "One\nReplyDelete" + "*. " * 300_000 + "x",
}


@pytest.mark.parametrize("name", BIG)
def test_big_pages_are_read(name):
    """What took quadratic time once would take minutes here."""
    assert read_saved_page(BIG[name]).comments


# Round trips: printed by the rules of the layout, read back the same

PRINTABLE = st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters="\ufffd\ufeff")
WORDS = st.lists(st.text(PRINTABLE, min_size=1, max_size=8), min_size=1, max_size=4).map(" ".join)
LOOKALIKES = st.sampled_from([line for line in REAL_WORDS + LIKE_STRUCTURE + AFTER_A_LABEL if line[0] != "\u00a0"])
LINES = (WORDS | LOOKALIKES).filter(lambda line: line.strip() == line)


# What no reader could tell from a label, from a word like "Deleted" or from the page's own furniture.
DOUBTFUL = re.compile(r"Delete|ReplyDelete|(?:d|s|rs)(?!['’]?[^\W_])")


@st.composite
def flattened_lines(draw):
    line = draw(LINES)
    assume(line in REAL_WORDS or not DOUBTFUL.match(line))
    assume(line not in ALWAYS_FURNITURE + LIKE_STRUCTURE or line in REAL_WORDS)
    return line


@st.composite
def flattened_pages(draw):
    line = flattened_lines()
    post = draw(st.lists(line.filter(lambda text: text[0] not in "-*0123456789"), min_size=1, max_size=4))
    texts = draw(st.lists(st.lists(line, min_size=1, max_size=4), min_size=1, max_size=8))
    tops = [True] + [draw(st.booleans()) for _ in texts[1:]]
    return post, texts, tops


def print_flattened(post, texts, tops):
    printed = list(post)
    waiting = ""
    for lines, top in zip(texts, tops, strict=True):
        for n, line in enumerate(lines):
            printed.append(waiting + line)
            waiting = "" if n else "ReplyDelete" if top else "Delete"
    return "\n".join([*printed, waiting] if waiting else printed)


@given(flattened_pages())
def test_a_flattened_page_is_read_back_exactly(made):
    post, texts, tops = made
    assume(not (len(texts) == len(texts[0]) == 1 and texts[0][0].startswith("1. ")))
    read = read_saved_page(print_flattened(post, texts, tops))
    parents = [None if top else max(m for m in range(n) if tops[m]) for n, top in enumerate(tops)]
    assert read.body == "\n\n".join(post)
    assert [(comment.text, comment.parent) for comment in read.comments] == [
        ("\n".join(lines), parent) for lines, parent in zip(texts, parents, strict=True)
    ]


@st.composite
def numbered_pages(draw):
    depths = [0]
    for _ in range(draw(st.integers(0, 12))):
        depths.append(draw(st.integers(0, depths[-1] + 1)))
    line = LINES | st.just("") | st.just("\u00a0 indented") | st.just("Delete")
    texts = [[draw(LINES), *draw(st.lists(line, max_size=6))] for _ in depths]
    for lines in texts:
        # A list right below a lone "Delete" reads as replies; only its author could tell.
        assume("Delete" not in lines or not any(text.startswith("1.") for text in lines))
        assume("ReplyDelete" not in lines)
        while not lines[-1]:
            lines.pop()
    return depths, texts


@st.composite
def print_styles(draw):
    step = draw(st.sampled_from([" ", "  ", "   ", "    ", "\t", "\u00a0\u00a0", "  \u00a0"]))
    return {
        "step": step,
        "margin": draw(st.sampled_from(["", step])),
        "gap": draw(st.sampled_from(["", "\n", " \n\u00a0\n"])),
        "replies": draw(st.booleans()),
        "trail": draw(st.sampled_from(["", " ", "\u00a0", "\t"])),
        "end": draw(st.sampled_from(["\n", "\r\n"])),
    }


def print_numbered(depths, texts, style):
    printed, numbers = [], []
    for n, (depth, lines) in enumerate(zip(depths, texts, strict=True)):
        numbers = [*numbers[: depth + 1], *([0] if depth >= len(numbers) else [])]
        numbers[depth] += 1
        margin = style["margin"] + style["step"] * depth
        inner = margin + style["step"]
        printed.append(f"{margin}{numbers[depth]}. {lines[0]}")
        printed += [inner + line if line else "" for line in lines[1:]]
        printed.append(f"{style['gap']}{inner}{'Delete' if depth else 'ReplyDelete'}")
        if style["replies"] and depths[n + 1 : n + 2] == [depth + 1]:
            printed.append(inner + "Replies")
    printed = "\n".join(printed).split("\n")
    return style["end"].join(line + style["trail"] for line in printed)


@given(numbered_pages(), print_styles())
def test_a_numbered_page_is_read_back_exactly(made, style):
    depths, texts = made
    parents = [next((m for m in range(n)[::-1] if depths[m] < depth), None) for n, depth in enumerate(depths)]
    read = read_saved_page(f"2 May 2020\n\nT\n\nPost\n\n5 comments:\n{print_numbered(depths, texts, style)}")
    assert (read.title, read.body, read.declared) == ("T", "Post", 5)
    assert [(comment.text, comment.parent) for comment in read.comments] == [
        ("\n".join(lines), parent) for lines, parent in zip(texts, parents, strict=True)
    ]


@given(st.text() | st.binary().map(lambda data: data.decode("utf-8", "replace")) | st.lists(LINES).map("\n".join))
def test_any_text_is_read_or_refused_in_one_sentence(text):
    try:
        read = read_saved_page(text)
    except SavedPageError as error:
        assert "\n" not in str(error) and str(error).endswith(".")
    else:
        assert all(c.parent is None or c.parent < n for n, c in enumerate(read.comments))
