"""FHIR bundles: exact tables written by hand, every rule of status, value, time and subject."""

from __future__ import annotations

import copy
import json

import pandas as pd
import pytest

from paintrend.errors import DiaryError, InputError
from paintrend.readers.fhir import STATUSES
from paintrend.readers.fhir_values import ANSWERS, ORDINAL
from paintrend.systems import read_fhir

from .fhir_samples import (
    MIXED,
    SERVER,
    SNOMED,
    bundle,
    concept,
    observation,
    patient,
    quantity,
    write,
)

START = "2024-03-14"


def rows(diary):
    return [
        (one.patient_id, round(one.day, 6), one.pain)
        for one in diary.ratings.itertuples(index=False)
    ]


def problems(source, **options):
    with pytest.raises(DiaryError) as caught:
        read_fhir(source, options.pop("scale", "nrs"), start=START, **options)
    assert caught.value.problems is not None
    return caught.value.problems


def test_a_bundle_becomes_the_table_written_by_hand():
    diary = read_fhir(MIXED, "nrs", start=START)
    assert rows(diary) == [
        ("p1", 0.0, 6.0),
        ("p1", round(1 + 8 / 24, 6), 5.0),
        ("p1", 7.0, 2.0),
        ("p2", -4.0, 7.0),
    ]
    assert diary.missing[["row", "patient_id", "day"]].values.tolist() == [
        ["Observation/o4", "p1", 14.0]
    ]
    made = diary.provenance
    assert (made.system, made.part, made.selection) == (
        "FHIR R4", "Observation", {"code": "72514-3"},
    )  # fmt: skip
    assert made.counts == {
        "read": 9, "not_selected": 1, "left_out": 3, "set_aside": 0, "missing": 1, "used": 4,
    }  # fmt: skip
    assert made.left_out[["row", "patient_id", "value", "reason"]].values.tolist() == [
        ["Observation/o5", "p1", "9", "status entered-in-error"],
        ["Observation/o6", "p1", "", "status cancelled"],
        ["Observation/o7", "p1", "4", "status preliminary"],
    ]
    assert any(
        "dataAbsentReason: 1 rating taken as missed: asked-declined" in n for n in diary.notices
    )


def test_the_samples_are_valid_fhir():
    bundles = pytest.importorskip("fhir.resources.R4B.bundle")
    made = bundles.Bundle.model_validate(copy.deepcopy(MIXED))
    assert len(made.entry) == 11
    broken = copy.deepcopy(MIXED)
    broken["entry"][2]["resource"]["valueString"] = "six"
    with pytest.raises(ValueError, match="value"):
        bundles.Bundle.model_validate(broken)


@pytest.mark.parametrize(("code", "number"), ANSWERS.items())
def test_answers_are_mapped_by_code(code, number):
    one = observation("a", valueCodeableConcept=concept(code, display="something else"))
    assert rows(read_fhir(one, "nrs", start=START))[0][2] == number


def test_answers_cover_the_scale_once():
    assert sorted(ANSWERS.values()) == list(range(11))


def test_own_answer_codes_and_ordinal_values():
    local = observation("a", valueCodeableConcept=concept("mild", "urn:local"))
    found = read_fhir(local, "nrs", start=START, answers={"urn:local|mild": 3})
    assert rows(found)[0][2] == 3
    ordinal = concept("x", "urn:local")
    url = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
    ordinal["coding"][0]["extension"] = [{"url": url, "valueDecimal": 4}]
    two = observation("a", valueCodeableConcept=ordinal)
    assert rows(read_fhir(two, "nrs", start=START))[0][2] == 4


@pytest.mark.parametrize(
    ("value", "element", "said"),
    [
        ({"valueString": "7"}, "valueString", "is not one of valueQuantity"),
        ({"valueInteger": "7"}, "valueInteger", "is not a number"),
        ({"valueInteger": True}, "valueInteger", "is not a number"),
        ({"valueQuantity": {}}, "valueQuantity.value", "is not a number"),
        ({"valueQuantity": quantity(7, comparator="<")}, "valueQuantity.comparator", "a bound"),
        ({"valueQuantity": quantity(70, code="kg")}, "valueQuantity.unit", "not a unit of nrs"),
        ({"valueCodeableConcept": concept("LA9999-9")}, "valueCodeableConcept", "no answer code"),
        ({"valueCodeableConcept": {"text": "2"}}, "valueCodeableConcept", "no answer code"),
        ({"valueInteger": 7, "valueString": "7"}, "value[x]", "several values"),
        ({"valueInteger": 7, "dataAbsentReason": {}}, "dataAbsentReason", "but there is a"),
        ({}, "value[x]", "neither a value nor a dataAbsentReason"),
    ],
)  # fmt: skip
def test_values_that_are_no_rating(value, element, said):
    found = problems(
        bundle(observation("good", when=START, valueInteger=5), observation("bad", **value))
    )
    assert found[["row", "patient_id", "column"]].values.tolist() == [
        ["Observation/bad", "p1", f"Observation.{element}"]
    ]
    assert said in found["problem"][0]
    assert found["fix"][0]


@pytest.mark.parametrize(
    ("value", "element"),
    [
        ({"valueQuantity": 5}, "valueQuantity"),
        ({"valueQuantity": quantity(float("nan"))}, "valueQuantity.value"),
        ({"valueQuantity": quantity(10**400, comparator="<")}, "valueQuantity.comparator"),
        ({"valueCodeableConcept": {"coding": None}}, "valueCodeableConcept"),
        ({"valueCodeableConcept": {"coding": 5}}, "valueCodeableConcept"),
        ({"valueCodeableConcept": {"coding": [{"extension": None}]}}, "valueCodeableConcept"),
        ({"valueCodeableConcept": {"coding": [{"extension": 5}]}}, "valueCodeableConcept"),
    ],
)
def test_values_of_another_shape_are_problems_of_their_row(value, element):
    found = problems(bundle(observation("o1", **value), observation("o2", valueInteger=3)))
    assert found["row"].tolist() == ["Observation/o1"]
    assert found["column"].tolist() == [f"Observation.{element}"]


def test_an_ordinal_value_beyond_all_numbers_is_off_the_scale():
    value = {"url": ORDINAL, "valueDecimal": 10**400}
    answer = {"coding": [{"code": "x", "extension": [value]}]}
    found = problems(bundle(observation("o1", valueCodeableConcept=answer)))
    assert found["row"].tolist() == ["Observation/o1"]


def test_two_codings_that_contradict_each_other():
    both = concept("LA6112-2")
    both["coding"] += concept("LA6115-5")["coding"]
    assert (
        "different numbers" in problems(observation("a", valueCodeableConcept=both))["problem"][0]
    )


def test_numbers_off_the_scale_go_through_the_shared_checks():
    found = problems(
        bundle(
            observation("a", valueInteger=11),
            observation("b", when="2024-03-16", valueQuantity=quantity(6.5)),
            observation("c", when="2024-03-17", valueInteger=5),
        )
    )
    assert found["row"].tolist() == ["Observation/a", "Observation/b"]
    assert "off the scale" in found["problem"][0]
    assert "between the steps" in found["problem"][1]


def test_centimetres_become_millimetres_and_say_so():
    one = observation(
        "a", code=concept("38214-3"), valueQuantity=quantity(6.5, unit="cm", code="cm")
    )
    diary = read_fhir(one, "vas", start=START)
    assert rows(diary)[0][2] == 65
    assert any("1 value in cm taken as mm" in notice for notice in diary.notices)


@pytest.mark.parametrize("status", ["done", "Final", None, 7])
def test_a_status_that_fhir_does_not_have(status):
    found = problems(bundle(observation("a", when=START, valueInteger=5),
                            observation("b", status=status, valueInteger=5)))  # fmt: skip
    assert found["column"].tolist() == ["Observation.status"]
    assert "final" in found["fix"][0]


def test_other_states_can_be_asked_for_but_never_mistakes():
    diary = read_fhir(MIXED, "nrs", start=START, statuses=["final", "amended", "preliminary"])
    assert 4.0 in diary.ratings["pain"].tolist()
    for never in ("entered-in-error", "cancelled"):
        assert never in STATUSES
        with pytest.raises(InputError, match="statuses="):
            read_fhir(MIXED, "nrs", start=START, statuses=["final", never])


def test_several_codes_are_listed_and_one_is_chosen():
    both = bundle(
        observation("a", valueInteger=5),
        observation("b", code=concept("38208-5"), valueInteger=7),
        observation("c", code=concept("X1", "urn:local", "Leg pain"), valueInteger=8),
    )
    with pytest.raises(DiaryError, match="several codes could be nrs") as caught:
        read_fhir(both, "nrs", start=START)
    for said in ("72514-3", "38208-5", "urn:local|X1 (Leg pain): 1"):
        assert said in str(caught.value)
    assert rows(read_fhir(both, "nrs", start=START, code="38208-5"))[0][2] == 7
    assert rows(read_fhir(both, "nrs", start=START, code="urn:local|X1"))[0][2] == 8
    with pytest.raises(DiaryError, match="no Observation has the code 1-1"):
        read_fhir(both, "nrs", start=START, code="1-1")
    with pytest.raises(DiaryError, match="known to be odi"):
        read_fhir(both, "odi", start=START)


def test_body_sites_are_never_mixed():
    def at(name, site, value, when):
        words = {"77568009": "Back", "61685007": "Leg"}[site]
        return observation(
            name, when=when, valueInteger=value, bodySite=concept(site, SNOMED, words)
        )

    both = bundle(
        at("a", "77568009", 5, "2024-03-14"),
        at("b", "61685007", 8, "2024-03-15"),
        at("c", "77568009", 4, "2024-03-16"),
    )
    with pytest.raises(DiaryError, match=r"body_site holds several kinds: Back \(2\), Leg \(1\)"):
        read_fhir(both, "nrs", start=START)
    assert rows(read_fhir(both, "nrs", start=START, select={"body_site": "Back"})) == [
        ("p1", 0.0, 5.0),
        ("p1", 2.0, 4.0),
    ]
    leg = read_fhir(both, "nrs", start=START, select={"body_site_code": "61685007"})
    assert rows(leg) == [("p1", 1.0, 8.0)]
    assert leg.provenance.counts["not_selected"] == 2


def test_recall_periods_are_never_mixed():
    week = {"start": "2024-03-08", "end": "2024-03-15"}
    both = bundle(
        observation("a", when="2024-03-14", valueInteger=5),
        observation("b", when=None, effectivePeriod=week, valueInteger=8),
    )
    with pytest.raises(DiaryError, match="recall holds several kinds"):
        read_fhir(both, "nrs", start=START, period="end")
    only = read_fhir(both, "nrs", start=START, period="end", select={"recall": "7 days"})
    assert rows(only) == [("p1", 1.0, 8.0)]


def test_components_carry_their_own_code_and_value():
    panel = observation(
        "panel",
        code=concept("panel", "urn:local"),
        component=[
            {"code": concept("72514-3"), "valueInteger": 6},
            {"code": concept("38208-5"), "valueInteger": 9},
            {"code": concept("72514-3"), "dataAbsentReason": concept("not-asked")},
        ],
    )
    diary = read_fhir(panel, "nrs", start=START, code="72514-3")
    assert diary.ratings["pain"].tolist() == [6.0]
    assert diary.missing["row"].tolist() == ["Observation/panel component 3"]
    panel["component"][0]["valueInteger"] = "6"
    found = problems(panel, code="72514-3")
    assert found["column"].tolist() == ["Observation.component[1].valueInteger"]


def test_a_panel_without_a_value_is_no_rating():
    panel = observation("panel", hasMember=[{"reference": "Observation/a"}])
    diary = read_fhir(bundle(panel, observation("a", valueInteger=5)), "nrs", start=START)
    assert rows(diary)[0][2] == 5
    assert diary.provenance.left_out["reason"].tolist() == ["a panel without a value of its own"]


@pytest.mark.parametrize(
    ("when", "zone", "day"),
    [
        ("2024-03-15", None, 1.0),
        ("2024-03-15T23:30:00+01:00", None, 1 + 23.5 / 24),
        ("2024-03-15T23:30:00Z", None, 1 + 23.5 / 24),
        ("2024-03-15T23:30:00Z", "Europe/Berlin", 2 + 0.5 / 24),
        ("2024-03-15T00:30:00+01:00", "America/New_York", 0 + 19.5 / 24),
        # Summer time began on 31 March at 02:00: the wall clock counts, not the hours gone by.
        ("2024-03-31T12:00:00Z", "Europe/Berlin", 17 + 14 / 24),
        ("2024-03-30T12:00:00Z", "Europe/Berlin", 16 + 13 / 24),
    ],
)
def test_calendar_days_are_those_of_the_clock(when, zone, day):
    one = observation("a", when=when, valueInteger=5)
    assert rows(read_fhir(one, "nrs", start=START, time_zone=zone))[0][1] == round(day, 6)


def test_moments_with_zones_on_both_sides_count_in_utc():
    one = observation("a", when="2024-03-31T12:00:00+02:00", valueInteger=5)
    found = read_fhir(one, "nrs", start="2024-03-30T12:00:00+01:00")
    assert rows(found)[0][1] == round(23 / 24, 6)


def test_utc_times_without_a_place_are_noted():
    one = observation("a", when="2024-03-15T23:30:00Z", valueInteger=5)
    assert any("of UTC" in notice for notice in read_fhir(one, "nrs", start=START).notices)
    with pytest.raises(InputError, match="Mars/Base"):
        read_fhir(one, "nrs", start=START, time_zone="Mars/Base")


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ({}, "has no effective time"),
        ({"issued": "2024-03-15T08:00:00Z"}, "issued says when it was released"),
        ({"effectiveDateTime": "2024-03"}, "has no day"),
        ({"effectiveDateTime": "2024-02-30"}, "is no date of the calendar"),
        ({"effectiveDateTime": "15.03.2024"}, "is no date or time as FHIR writes them"),
        ({"effectiveTiming": {}}, "is not a time or a period"),
        ({"effectivePeriod": {"start": "2024-03-14", "end": "2024-03-15"}}, "more than one date"),
        ({"effectivePeriod": {"start": "2024-03-14"}}, "open at one end"),
        (
            {"effectivePeriod": {"start": "2024-03-15", "end": "2024-03-14"}},
            "ends before it starts",
        ),
        ({"effectiveDateTime": "2024-03-14", "effectiveInstant": "x"}, "several effective times"),
    ],
)
def test_times_that_say_no_day(time, said):
    bad = observation("bad", when=None, valueInteger=5, **time)
    found = problems(bundle(observation("good", when=START, valueInteger=5), bad))
    assert found["row"].tolist() == ["Observation/bad"]
    assert said in found["problem"][0]


def test_an_instant_and_a_short_period_are_moments():
    instant = observation(
        "a", when=None, effectiveInstant="2024-03-15T06:00:00+01:00", valueInteger=5
    )
    short = {"start": "2024-03-16T06:00:00+01:00", "end": "2024-03-16T06:05:00+01:00"}
    both = bundle(instant, observation("b", when=None, effectivePeriod=short, valueInteger=4))
    assert [day for _, day, _ in rows(read_fhir(both, "nrs", start=START))] == [1.25, 2.25]


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ({"reference": "Patient/p1"}, "p1"),
        ({"reference": f"{SERVER}/Patient/p1"}, "p1"),
        ({"reference": "Patient/p1/_history/3"}, "p1"),
        ({"reference": "p1", "type": "Patient"}, "p1"),
        ({"reference": "urn:uuid:0f0e"}, "p1"),
        ({"identifier": {"system": "urn:mrn", "value": "0042"}}, "0042"),
    ],
)
def test_forms_of_the_subject(subject, name):
    one = observation("a", valueInteger=5, subject=subject)
    both = bundle(one)
    both["entry"].append({"fullUrl": "urn:uuid:0f0e", "resource": patient("p1")})
    assert read_fhir(both, "nrs", start=START).patient_ids == (name,)


@pytest.mark.parametrize(
    "subject",
    [
        None,
        {},
        {"reference": "Group/g1"},
        {"reference": "urn:uuid:none"},
        {"reference": "#p1"},
        {"display": "A name"},
    ],
)
def test_subjects_that_are_no_patient(subject):
    bad = observation("bad", subject=subject, valueInteger=5)
    found = problems(bundle(observation("good", when=START, valueInteger=5), bad))
    assert found[["row", "column"]].values.tolist() == [["Observation/bad", "Observation.subject"]]


def test_a_contained_patient_counts_by_identifier_only():
    inside = {"resourceType": "Patient", "id": "p1", "identifier": [{"system": "s", "value": "77"}]}
    one = observation("a", "#p1", valueInteger=5, contained=[inside])
    assert read_fhir(one, "nrs", start=START).patient_ids == ("77",)
    del inside["identifier"]
    assert "without an identifier" in problems(one)["problem"][0]


def test_an_identifier_can_be_the_patients_id():
    known = patient("p1", identifier=[{"system": "urn:mrn", "value": "0042"}])
    both = bundle(known, observation("a", valueInteger=5))
    assert read_fhir(both, "nrs", start=START, identifier="urn:mrn").patient_ids == ("0042",)
    assert "has no identifier" in problems(both, identifier="urn:other")["problem"][0]


def test_the_same_id_on_two_servers_may_be_two_patients():
    both = bundle(
        observation("a", f"{SERVER}/Patient/p1", when=START, valueInteger=5),
        observation("b", "https://other.example.org/Patient/p1", valueInteger=5),
    )
    assert set(problems(both)["column"]) == {"Observation.subject"}


def test_pages_are_read_together_and_a_missing_one_is_an_error(tmp_path):
    first = bundle(observation("a", when=START, valueInteger=5), total=2, link=[
        {"relation": "self", "url": f"{SERVER}/Observation"},
        {"relation": "next", "url": f"{SERVER}/Observation?page=2"},
    ])  # fmt: skip
    second = bundle(observation("b", when="2024-03-16", valueInteger=4), total=2,
                    link=[{"relation": "self", "url": f"{SERVER}/Observation?page=2"}])  # fmt: skip
    one, two = write(tmp_path / "1.json", first), write(tmp_path / "2.json", second)
    expected = [("p1", 0.0, 5.0), ("p1", 2.0, 4.0)]
    assert rows(read_fhir([one, two], "nrs", start=START)) == expected
    assert rows(read_fhir(tmp_path, "nrs", start=START)) == expected
    with pytest.raises(DiaryError, match="goes on on another page"):
        read_fhir(one, "nrs", start=START)
    # A server that names its pages in two ways: all matches are there all the same.
    second["link"][0]["url"] = f"{SERVER}?token=x"
    write(two, second)
    assert rows(read_fhir([one, two], "nrs", start=START)) == expected


def test_overlapping_pages_and_older_versions():
    old = observation("a", when=START, valueInteger=9, meta={"versionId": "1"})
    new = observation("a", when=START, valueInteger=5, meta={"versionId": "2"})
    diary = read_fhir(bundle(old, new, new), "nrs", start=START)
    assert rows(diary) == [("p1", 0.0, 5.0)]
    assert any("1 older version" in notice for notice in diary.notices)
    for one in (old, new):
        del one["meta"]
    found = problems(bundle(old, new))
    assert "several times with different contents" in "".join(found["problem"])


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85"])
def test_a_line_of_ndjson_may_hold_other_ends_of_lines(tmp_path, sign):
    told = [
        observation(f"o{day}", valueInteger=day, when=f"2024-03-{day + 14}", note=[{"text": sign}])
        for day in range(3)
    ]
    path = tmp_path / "told.ndjson"
    text = "\r\n".join(json.dumps(one, ensure_ascii=False) for one in told)
    path.write_text(text, encoding="utf-8", newline="")
    assert rows(read_fhir(path, "nrs", start=START)) == [("p1", 0, 0), ("p1", 1, 1), ("p1", 2, 2)]


def test_lists_within_lists_are_opened_so_far_and_no_further(tmp_path):
    told = observation("o1", valueInteger=3)
    near, far = tmp_path / "near.json", tmp_path / "far.json"
    assert rows(read_fhir(write(near, [[[told]]]), "nrs", start=START))[0][2] == 3
    found = problems(write(far, [told, [[[told]]]]))
    assert found["problem"].tolist() == ["lists are nested too deeply"]


def test_ndjson_says_which_line_is_broken(tmp_path):
    lines = [json.dumps(observation("a", when=START, valueInteger=5)), '{"resourceType": "Obs',
             "", "[]", json.dumps(patient("p1")), '{"a": 1}',
             json.dumps(observation("b", when="2024-03-16", valueInteger=4))]  # fmt: skip
    path = tmp_path / "export.ndjson"
    path.write_text("\n".join(lines))
    found = problems(path)
    assert found["row"].tolist() == ["line 2", "line 6"]
    kept = read_fhir(path, "nrs", start=START, lenient=True)
    assert rows(kept) == [("p1", 0.0, 5.0), ("p1", 2.0, 4.0)]
    assert len(kept.problems) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\n<Bundle/>", "FHIR in XML is not read: export it as JSON or NDJSON"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b'{"resourceType": "Bundle", "type": "searchset"}', "no resource in it"),
        (b'{"resourceType": "Bundle", "entry": []}', "no resource in it"),
        (b'{"resourceType": "Patient", "id": "p1"}', "there is no Observation in it. Export the"),
        (b'{"resourceType": "Observation", "id": "o"}', "no Observation in it has a code"),
        (b"[" * 200_000, "the file is not JSON (it is nested too deeply)"),
        (b"9" * 5000, "the file is not JSON (a number has too many digits)"),
    ],
)
def test_files_that_are_no_observations(tmp_path, data, said):
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(DiaryError) as caught:
        read_fhir(path, "nrs", start=START)
    assert said in str(caught.value)


def test_a_folder_of_xml_says_so(tmp_path):
    (tmp_path / "a.xml").write_text("<Bundle/>")
    with pytest.raises(DiaryError, match=r"no file that ends in .*\. FHIR in XML is not read"):
        read_fhir(tmp_path, "nrs", start=START)


def nested(tmp_path, place, depth):
    told = json.dumps(observation("o1", valueInteger=3) | {place: "@"})
    path = tmp_path / "deep.json"
    path.write_text(told.replace('"@"', "[" * depth + "]" * depth))
    return path


@pytest.mark.parametrize("depth", [100, 900, 980, 5000])  # Python's own limit is near 1,000
@pytest.mark.parametrize("place", ["valueInteger", "subject", "status"])
def test_values_that_are_nested_are_refused_at_any_depth(tmp_path, depth, place):
    with pytest.raises(DiaryError, match=r"deep\.json"):
        read_fhir(nested(tmp_path, place, depth), "nrs", start=START)


def test_what_is_nested_where_no_rating_is_does_no_harm(tmp_path):
    diary = read_fhir(nested(tmp_path, "bodySite", 900), "nrs", start=START)
    assert diary.ratings["pain"].tolist() == [3.0]


def test_all_problems_come_at_once_and_lenient_keeps_the_rest():
    source = bundle(
        observation("a", when="2024-03", valueString="x"),
        observation("b", "Group/g", status="odd", valueInteger=5),
        observation("c", when=START, valueInteger=5),
    )
    found = problems(source)
    assert sorted(found["column"]) == [
        "Observation.effectiveDateTime", "Observation.status", "Observation.subject",
        "Observation.valueString",
    ]  # fmt: skip
    kept = read_fhir(source, "nrs", start=START, lenient=True)
    assert rows(kept) == [("p1", 0.0, 5.0)]
    assert kept.provenance.counts["set_aside"] == 2


def test_no_day_0_and_options_that_cannot_be():
    with pytest.raises(DiaryError, match="do not say when treatment began"):
        read_fhir(MIXED, "nrs")
    with pytest.raises(InputError, match="period="):
        read_fhir(MIXED, "nrs", start=START, period="middle")
    with pytest.raises(InputError, match="answers="):
        read_fhir(MIXED, "nrs", start=START, answers={"x": "many"})
    with pytest.raises(InputError, match="reading FHIR takes"):
        read_fhir(7, "nrs", start=START)


def test_all_left_out_is_said():
    one = observation("a", status="registered")
    with pytest.raises(DiaryError, match="are left out"):
        read_fhir(one, "nrs", start=START)


def test_starts_by_patient():
    starts = pd.Series({"p1": "2024-03-13", "p2": "2024-03-10"})
    found = read_fhir(MIXED, "nrs", start=starts)
    assert rows(found)[0] == ("p1", 1.0, 6.0)
    assert rows(found)[-1] == ("p2", 0.0, 7.0)


def test_what_lies_beside_resources_in_a_folder_is_passed_over(tmp_path):
    write(tmp_path / "a.json", bundle(observation("o1", valueInteger=5)))
    write(tmp_path / "manifest.json", {"transactionTime": START, "request": "x", "output": []})
    write(tmp_path / "diary_provenance.json", {"format": "paintrend provenance", "version": 1})
    diary = read_fhir(tmp_path, "nrs", start=START)
    assert diary.n_ratings == 1
    assert "manifest.json not read: it is the manifest of a bulk export, no resource" in (
        diary.notices
    )
    write(tmp_path / "other.json", {"format": "something else"})
    assert "no resourceType" in str(problems(tmp_path)["problem"].tolist())


def test_a_question_in_words_is_counted_as_not_chosen():
    worded = observation("o2", code={"text": "Pain Score"}, valueInteger=7)
    panel = observation("o3", code={"text": "Panel"}, hasMember=[{"reference": "Observation/o1"}])
    diary = read_fhir(bundle(observation("o1", valueInteger=5), worded, panel), "nrs", start=START)
    assert diary.provenance.counts["not_selected"] == 1
    assert any(
        "1 value whose question is not coded not chosen, as words are not read: Pain Score (1)"
        in notice
        for notice in diary.notices
    )


def test_the_fix_for_an_answer_in_words_alone_names_no_code():
    for answer in ({"text": "7"}, {"coding": [{"display": "7"}]}):
        fix = problems(bundle(observation("o1", valueCodeableConcept=answer)))["fix"].iloc[0]
        assert "answers=" not in fix
        assert "Code the answer" in fix
