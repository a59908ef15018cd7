"""The screener: what the evaluator says of one person, for all persons of a block at once.

Each distinct leaf of all rules is answered once a block, into two packed bit planes (true and false); connectives are bitwise operations on them.
A leaf does not know medicine anew: persons who are alike in all that a leaf looks at form a class, the evaluator answers for one of them, and its
answer is that of all. What a leaf looks at (`footprints`) may be more than is needed, never less: then a class is smaller than it could be, and no
answer is wrong.
"""
