"""Prepares docstrings for the pages of the reference; loaded by mkdocstrings, see mkdocs.yml."""

import re

import griffe

ROLE = re.compile(r":\w+:`~?([^`]+)`")


class Docstrings(griffe.Extension):
    """Examples become blocks of code, and Sphinx roles plain code."""

    def on_instance(self, *, obj: griffe.Object, **rest: object) -> None:
        """Change the text of one docstring before it is parsed."""
        if obj.docstring is not None:
            obj.docstring.value = ROLE.sub(r"`\1`", fenced(obj.docstring.value))


def fenced(text: str) -> str:
    """The text with a fence around each example, which lasts until a blank line."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        if not inside and line.startswith(">>>"):
            inside = True
            lines += ["```pycon"]
        elif inside and not line.strip():
            inside = False
            lines += ["```"]
        lines.append(line)
    return "\n".join([*lines, "```"] if inside else lines)
