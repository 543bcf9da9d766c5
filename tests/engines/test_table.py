"""Tables to train on: features and labels by place and by name; wrong cells."""

from typing import Any

import pytest

from boxwork.engines.learning.table import table
from boxwork.specs.diagnostics import DataError

from .support import wrong
from .training import ANY_LENGTH, CLASSES, NUMBERS, SIGN, file, goal_of


def rows(text: str, spec: str = CLASSES, loss: str | None = None) -> Any:
    found = table(goal_of(spec, loss), file(text)).batch(0, 50, 0)
    return sorted(zip(*(column.tolist() for column in found.values()), strict=True))


def test_classes_by_name_and_by_number() -> None:
    expected = [([1, 2.5], 1), ([3, -4], 2)]
    assert rows("1, 2.5, bee\n\n3,-4,2\n") == expected
    assert rows("1;2.5;bee\n3;-4;cat") == expected
    assert rows("1,2.5,1.0\n3,-4,2.") == expected
    assert rows('1\t2.5\t"bee"\n3\t-4\tcat') == expected


def test_numbers_with_a_comma_stand_between_semicolons() -> None:
    assert rows("1,5;2,5;bee\n3;-,4;cat") == [([1.5, 2.5], 1), ([3, -0.4], 2)]
    assert rows('size;weight;kind\n"1,5";2,5;bee') == [([1.5, 2.5], 1)]
    (first, *_) = wrong(rows, "1,5,1;2;bee")
    assert first == ("BW463", "the cell of size is no number: `1,5,1`")


def test_a_header_puts_the_columns_in_any_order() -> None:
    assert rows("kind,weight,size\nbee,2.5,1\ncat,-4,3\n") == [([1, 2.5], 1), ([3, -4], 2)]
    assert rows(
        "a,b,c\n1,2,ant\n",
        CLASSES.replace("{names: [size, weight]}, scores", "{names: [a, b]}, scores"),
    ) == [([1, 2], 0)]


def test_a_header_over_features_without_names_is_passed_over() -> None:
    assert rows("length,mass,y,z\n1,2,3,4\n", NUMBERS) == [([1, 2], [3, 4])]


def test_numbers_that_are_wanted() -> None:
    assert rows("1,2,0.8,0.2", NUMBERS) == [([1, 2], [0.8, 0.2])]


def test_a_class_for_numbers_is_one_among_zeros() -> None:
    found = rows("1,2,bee\n3,4,cat", CLASSES, "MeanSquaredError")
    assert found == [([1, 2], [0, 1, 0]), ([3, 4], [0, 0, 1])]
    assert rows("1,2,0.5,0.3,0.2", CLASSES, "SumOfDifferences") == [([1, 2], [0.5, 0.3, 0.2])]


def test_two_classes_for_one_number_are_its_signs() -> None:
    assert rows("1,2,warm\n3,4,cold\n5,6,0.5", SIGN) == [
        ([1, 2], [1]),
        ([3, 4], [-1]),
        ([5, 6], [0.5]),
    ]


def test_every_wrong_cell_is_told_by_line_and_column() -> None:
    with pytest.raises(DataError) as caught:
        rows('size,weight,kind\n1,,bee\nx, 2 ,ant\n3,"1,5",cat\n4,nan,bees\n1,2\n5,6,\n1e999,1,7')
    found = [
        (d.code, f"{d.span.line}:{d.span.column}" if d.span else "", d.message)
        for d in caught.value.diagnostics
    ]
    assert found == [
        ("BW463", "2:3", "the cell of weight is empty"),
        ("BW463", "3:1", "the cell of size is no number: `x`"),
        ("BW463", "4:1", "the cell of weight is no number: `1,5`"),
        ("BW463", "5:3", "the cell of weight is no number: `nan`"),
        ("BW463", "5:7", "there is no class `bees`"),
        ("BW462", "6:1", "this row has 2 cells, not 2 features and the class"),
        ("BW463", "7:5", "a class is missing"),
        ("BW463", "8:1", "the cell of size is no number: `1e999`"),
        ("BW463", "8:9", "there is no class `7`"),
    ]
    assert caught.value.diagnostics[4].help == "did you mean `bee`?"


def test_not_more_cells_are_told_than_can_be_read() -> None:
    found = wrong(rows, "1,x,ant\n" * 15)
    assert len(found) == 11
    assert found[-1] == ("BW463", "5 more cells and rows are wrong")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("size,wieght,kind\n1,2,ant", "the header has no column `weight`"),
        ("kind,mass,length\nant,1,2", "the header has no columns `size`, `weight`"),
        ("size,weight,size\n1,2,ant", "the column `size` stands twice"),
        ("size,weight,kind\n", "there is no row in given.txt"),
        ("\n\n", "there is no row in given.txt"),
    ],
)
def test_headers_that_do_not_fit(text: str, message: str) -> None:
    assert wrong(rows, text) == [("BW462", message)]


def test_specs_that_cannot_learn_a_table() -> None:
    ((code, message),) = wrong(rows, "1,2,3", ANY_LENGTH)
    assert code == "BW464"
    assert message == "tokens is index<vocab>[seq], which a row of a table does not give"
