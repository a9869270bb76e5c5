"""Apply one mutation to a copy of the sources: the code is found by `module:function`, not by its file or its line breaks."""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

IGNORED = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip
Span = tuple[int, int]


class MutationError(AssertionError):
    """The code that a mutation names is missing, or there more than once."""


def mutate(src: Path, target: str, before: str, after: str) -> None:
    """Replace `before` with `after` in `target` below the folder `src`.

    `target` is `package.module:function`, `package.module:Class.method`, `package.module` for what stands outside
    functions, or the path of a file that is not Python. `before` must occur exactly once there; line breaks, indentation
    and trailing commas need not be the same.

    Raises MutationError if it does not.
    """
    path = file_of(src, target)
    text = path.read_text()
    start, end = span_of(text, target)
    first, last = find_once(text[start:end], before, target)
    kept_newline = "\n" if text[start + first : start + last].endswith("\n") else ""
    replacement = after.strip("\n") if last - first != len(before) else after.removesuffix("\n")
    if last - first != len(before):
        replacement = replacement.lstrip(" ")
    path.write_text(text[: start + first] + replacement + kept_newline + text[start + last :])


def unmatched(src: Path, mutations: Iterable[tuple[str, str, str]]) -> list[str]:
    """What is wrong with the mutations whose code is missing or stands more than once."""
    errors = []
    for target, before, _ in mutations:
        text = file_of(src, target).read_text()
        try:
            start, end = span_of(text, target)
            find_once(text[start:end], before, target)
        except MutationError as error:
            errors.append(str(error))
    return errors


def file_of(src: Path, target: str) -> Path:
    if "/" in target:
        return src / target
    module = src / Path(*target.partition(":")[0].split("."))
    return module / "__init__.py" if module.is_dir() else module.with_suffix(".py")


def span_of(text: str, target: str) -> Span:
    """The characters of a function with its decorators, or of the whole file where none is named."""
    _, _, qualified = target.partition(":")
    body: ast.AST = ast.parse(text) if qualified else ast.Module([], [])
    for name in filter(None, qualified.split(".")):
        matching = [node for node in definitions(body) if node.name == name]
        if len(matching) != 1:
            raise MutationError(f"{target}: {name} is defined {len(matching)} times")
        body = matching[0]
    if not isinstance(body, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return 0, len(text)
    lines = text.splitlines(keepends=True)
    first = min([body.lineno, *(one.lineno for one in body.decorator_list)]) - 1
    start = sum(map(len, lines[:first]))
    return start, start + sum(map(len, lines[first : body.end_lineno]))


def definitions(
    body: ast.AST,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """The functions and classes of a body, through `if`, `with` and `try`, but not inside other functions."""
    for node in ast.iter_child_nodes(body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node
        elif not isinstance(node, ast.expr):
            yield from definitions(node)


def find_once(text: str, before: str, target: str) -> Span:
    """Where `before` stands: as text or, where lines are broken otherwise, as the same tokens."""
    count = text.count(before)
    if count == 1:
        start = text.index(before)
        return start, start + len(before)
    spans = token_spans(text, before) if count == 0 else []
    if len(spans) != 1:
        raise MutationError(f"{target}: {before!r} occurs {count or len(spans)} times")
    return spans[0]


def token_spans(text: str, before: str) -> list[Span]:
    wanted = [word for word, _ in tokens_of(before)]
    tokens = tokens_of(text)
    words = [word for word, _ in tokens]
    if not wanted:
        return []
    return [
        (tokens[start][1][0], tokens[start + len(wanted) - 1][1][1])
        for start in range(len(words) - len(wanted) + 1)
        if words[start : start + len(wanted)] == wanted
    ]


def tokens_of(text: str) -> list[tuple[str, Span]]:
    """Each token with the characters it spans, without line breaks and trailing commas."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    tokens: list[tuple[str, Span]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in IGNORED or not token.string.strip():
                continue
            if token.string in ")]}" and tokens and tokens[-1][0] == ",":
                tokens.pop()
            span = (
                starts[token.start[0] - 1] + token.start[1],
                starts[token.end[0] - 1] + token.end[1],
            )
            tokens.append((token.string, span))
    except (tokenize.TokenError, IndentationError):
        pass  # a snippet may end inside brackets, or in the middle of a block
    return tokens
