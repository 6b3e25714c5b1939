"""`dondoc criteria check` and `dondoc score compute`: two files in, an explained score out, no database."""

import json
from pathlib import Path

import pytest

from deployments.cli.app import run

SAMPLES = Path(__file__).resolve().parents[4] / "config" / "criteria"


def sample(name: str) -> str:
    """The path of a sample."""
    return str(SAMPLES / f"{name}.yaml")


def test_a_score_is_computed_without_a_database(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["score", "compute", sample("toc-tien-2020-areas"), sample("toc-tien-2020-figures"), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (found["total"], found["max"], found["grade"]) == (76.824, 100, "Trung bình")
    assert sum(area["below_max"] for area in found["areas"]) == 7
    assert not home.exists()


def test_each_leaf_has_score_maximum_and_explanation(capsys: pytest.CaptureFixture[str]) -> None:
    run(["score", "compute", sample("all-rules-sample"), sample("all-rules-figures"), "--json"])
    leaves = {leaf["code"]: leaf for leaf in json.loads(capsys.readouterr().out)["leaves"]}
    assert leaves["A.1"]["explanation"] == "18/20 kế hoạch → 90 % → nhóm 80–<100 % → 0,5/1"
    assert (leaves["A.1"]["score"], leaves["A.1"]["max"]) == (0.5, 1)
    assert leaves["A.8"]["state"] == "no_evidence"


def test_rescaling_is_done_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    files = [sample("all-rules-sample"), sample("all-rules-figures")]
    run(["score", "compute", *files])
    plain = capsys.readouterr().out
    run(["score", "compute", *files, "--rescale"])
    assert "Quy về thang" not in plain
    assert "Quy về thang 20: 10,83." in capsys.readouterr().out


def test_figures_of_another_set_or_year_are_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "f.yaml"
    figures.write_text("criteria: KHAC\nyear: 2024\nfigures: {A.1: 18/20}\n", encoding="utf-8")
    assert run(["score", "compute", sample("all-rules-sample"), str(figures)]) == 0
    said = capsys.readouterr().err
    assert "ghi cho bộ tiêu chí KHAC" in said
    assert "năm 2024" in said


def test_a_check_lists_every_mistake_and_ends_with_code_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path(sample("par-index-commune-sample")).read_text(encoding="utf-8")
    broken = tmp_path / "bo.yaml"
    broken.write_text(text.replace("max: 16", "max: 17"), encoding="utf-8")
    assert run(["criteria", "check", sample("par-index-commune-sample")]) == 0
    assert "46 tiêu chí chấm điểm, tổng 100 điểm" in capsys.readouterr().out
    assert run(["criteria", "check", str(broken), "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in found["findings"]] == ["1", ""]
    assert run(["score", "compute", str(broken), sample("par-index-commune-figures")]) == 3


def test_a_missing_file_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["criteria", "check", "/khong/co.yaml"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("Lỗi: Bộ tiêu chí “co.yaml” chưa dùng được: không mở được tệp")
    assert said.count("\n") == 1
