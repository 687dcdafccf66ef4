"""Sections of a session's page, each from findings to tables, figures and numbered statements.

Rules of this room: nothing is concluded; a sentence that claims is a statement with its number.

Start reading at `minute`, the box, then the others in the page's order: `data_quality`, `people`,
`dyad_sections`, `decisions`, `reported`.
"""
