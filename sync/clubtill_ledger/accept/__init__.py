"""Accept: takes in what happened on a terminal, and the hellos and enrolments around it (6.1 to 6.4).

A fact that happened is never refused: it is posted, posted with a flag, or held. It knows no HTTP; a `Refusal` raised
here is an answer to the request as a whole, such as a gap.
"""
