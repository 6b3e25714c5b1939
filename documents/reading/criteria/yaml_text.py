"""YAML written by hand; numbers stay text, so 1.10 is a code."""

from pathlib import Path
from typing import Any

import yaml

from config.os_words import reason
from documents.reading.formats.blocks import RefusedDocument
from documents.reading.formats.cleaning import shown_name

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 60
_KEPT_AS_TEXT = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp"}


_OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


class _Exact(yaml.SafeLoader):
    """The safe loader without guessed numbers; each key once."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and form are those of yaml.SafeLoader
        first: [(tag, pattern) for tag, pattern in found if tag not in _KEPT_AS_TEXT]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping; a key written twice is refused."""
        known: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in known:
                    raise yaml.constructor.ConstructorError(None, None, f"twice {key.value}", key.start_mark)
                known.add(key.value)
        return super().construct_mapping(node, deep)


def refuse_yaml(path: Path, what: str, reason: str) -> RefusedDocument:
    """The refusal of a file in one sentence; `what` is its subject."""
    return RefusedDocument(f"{what} “{shown_name(path.name)}” chưa dùng được: {reason.rstrip('.')}.")


def load_yaml(path: Path, what: str) -> dict[Any, Any]:
    """The mapping in a YAML file. Raises RefusedDocument with one Vietnamese sentence."""
    text = _text(path, what)
    try:
        _check_tokens(text)
        content = yaml.load(text, Loader=_Exact)  # noqa: S506 - a SafeLoader
    except yaml.constructor.ConstructorError as error:
        raise refuse_yaml(path, what, _constructor(error)) from None
    except yaml.MarkedYAMLError as error:
        line = f", dòng {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise refuse_yaml(path, what, f"sai cú pháp YAML{line}; kiểm tra dấu hai chấm và thụt đầu dòng") from None
    except yaml.YAMLError:
        raise refuse_yaml(path, what, "tệp có ký tự không đọc được; hãy lưu lại dạng văn bản UTF-8") from None
    except _RefusedYamlError as error:
        raise refuse_yaml(path, what, str(error)) from None
    if not isinstance(content, dict) or not content:
        raise refuse_yaml(path, what, "tệp phải gồm các mục “tên: nội dung”")
    return content


class _RefusedYamlError(Exception):
    """A Vietnamese clause."""


def _check_tokens(text: str) -> None:
    """Refuse references, and depth that no person writes."""
    depth = 0
    for token in yaml.scan(text):
        if isinstance(token, (yaml.AliasToken, yaml.AnchorToken)):
            raise _RefusedYamlError("tệp dùng tham chiếu YAML (*tên); hãy viết đủ nội dung ở từng chỗ")
        if isinstance(token, _OPENING):
            depth += 1
        elif isinstance(token, _CLOSING):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _RefusedYamlError(f"nội dung lồng nhau quá {MAX_DEPTH} cấp (dòng {token.start_mark.line + 1})")


def _constructor(error: yaml.constructor.ConstructorError) -> str:
    line = f"dòng {error.problem_mark.line + 1}" if error.problem_mark else "tệp"
    problem = str(error.problem)
    if problem.startswith("twice "):
        return f"{line}: mục “{problem.removeprefix('twice ')}” được ghi hai lần"
    return f"{line}: có kiểu dữ liệu không dùng được"


def _text(path: Path, what: str) -> str:
    try:
        with path.open("rb") as source:
            data = source.read(MAX_BYTES + 1)
    except OSError as error:
        cause = f"không mở được tệp ({reason(error)}); kiểm tra đường dẫn và quyền đọc"
        raise refuse_yaml(path, what, cause) from None
    if len(data) > MAX_BYTES:
        raise refuse_yaml(path, what, f"tệp lớn hơn {MAX_BYTES // 1024 // 1024} MB")
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise refuse_yaml(path, what, "chữ trong tệp không phải UTF-8; hãy lưu lại dạng UTF-8") from None
