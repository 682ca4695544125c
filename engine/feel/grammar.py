"""The grammar of our S-FEEL: what may be written in conditions, parameters and decision tables.

It is S-FEEL of DMN (literals, names, arithmetic, comparison, ranges) with ``and``, ``or``,
``not()``, ``in``, ``between``, ``if`` and a closed list of functions. There are no loops, no
filters and no functions of the user's own: every expression ends, in time linear in its length.
A cell of a decision table is read from ``unary_tests``: ``-``, tests, or ``not(tests)``.
"""

from __future__ import annotations

#: Names of functions, as written; white space inside a name may be any run of white space.
FUNCTIONS = (
    "list contains",
    "string length",
    "starts with",
    "ends with",
    "upper case",
    "lower case",
    "is defined",
    "contains",
    "count",
    "not",
    "min",
    "max",
    "sum",
)

_FUNCTION = "|".join(name.replace(" ", r"\s+") for name in FUNCTIONS)
_RESERVED = "if|then|else|and|or|in|between|true|false|null|not|for|some|every|function"

# Names are plain letters: one that only looks like another would quietly be null.
# Keywords are regular expressions with a word boundary: as plain strings, "a order b" would be
# read as "a or der b" wherever the grammar allows no name.
GRAMMAR = rf"""
?start: expression

?unary_tests: "-"                              -> anything
            | cell_tests
            | NOT "(" cell_tests ")"           -> none_of
cell_tests: test ("," test)*

?expression: IF expression THEN expression ELSE expression -> choice
           | disjunction

?disjunction: conjunction
            | conjunction (OR conjunction)+    -> disjunction
?conjunction: comparison
            | comparison (AND comparison)+     -> conjunction

?comparison: sum
           | sum COMPARE sum                   -> compare
           | sum BETWEEN sum AND sum           -> between
           | sum IN tests                      -> member

?tests: interval                                  -> one_test
      | series                                 -> in_value
      | path                                   -> in_value
      | COMPARE sum                            -> comparing_test
      | "(" test ("," test)* ")"               -> some_tests
?test: sum                                     -> equal_test
     | interval                                -> one_test
     | COMPARE sum                             -> comparing_test
!interval: ("[" | "]" | "(") sum ".." sum ("]" | "[" | ")")

?sum: product
    | product (ADD product)+                   -> arithmetic
?product: signed
        | signed (MULTIPLY signed)+            -> arithmetic
?signed: primary
       | "-" signed                            -> negative
?primary: NUMBER                               -> number
        | STRING                               -> string
        | TRUE                                 -> true
        | FALSE                                -> false
        | NULL                                 -> null
        | path
        | series
        | FUNCTION "(" expression ("," expression)* ")" -> call
        | "(" expression ")"

path: NAME ("." NAME)*
series: "[" [expression ("," expression)*] "]"

IF.2: /if\b/
THEN.2: /then\b/
ELSE.2: /else\b/
AND.2: /and\b/
OR.2: /or\b/
IN.2: /in\b/
BETWEEN.2: /between\b/
TRUE.2: /true\b/
FALSE.2: /false\b/
NULL.2: /null\b/
NOT.4: /not(?=\s*\()/
FUNCTION.3: /(?:{_FUNCTION})(?=\s*\()/
NAME: /(?!(?:{_RESERVED})\b)[A-Za-z_][A-Za-z0-9_]*\b/
NUMBER: /\d+(?:\.\d+)?|\.\d+/
STRING: /"(?:[^"\\]|\\.)*"/
COMPARE: "<=" | ">=" | "!=" | "=" | "<" | ">"
ADD: "+" | "-"
MULTIPLY: "*" | "/"
%ignore /\s+/
"""
