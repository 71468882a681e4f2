"""Search: words of all records in one index, candidates from the database, ranking in one place.

    words.py     text to words, words to terms
    indexing.py  keeps the index in step with the records, in the writing transaction
    question.py  what somebody typed: words, phrases, exclusions, the kind they ask for
    meaning.py   each word's alternatives: the vocabulary's, beginnings, compounds, synonyms, misspellings
    slips.py     the words that an unknown one may be a slip of
    vocabulary.py what the words of all records tell: stems, beginnings, lengths
    synonyms.py  words and runs of words for one thing
    engine.py    the one place that differs: FTS5 and tsvector
    candidates.py so many records of each kind, and how many there are
    readings.py  the names that a question may stand for as a whole
    ranking.py   which candidate first, and why
    through.py   libraries and teams that answer through purposes and use cases
    searching.py the answer
    suggesting.py completions while typing

Ranking happens here and not in the database, so that both give one order; see decision 0015.
"""
