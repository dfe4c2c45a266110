"""Our signer signs what botocore's signs, to the letter, whatever the request.

botocore reads the clock itself, so it signs first; ours is then given the time it read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as TheirCredentials
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.aws.signer import Credentials, Scope, Signer, queried

#: Printable ASCII: what ids and secrets are made of.
WORD = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
#: What session tokens look like: base64, with all that a query has to encode.
TOKEN = st.text("ABCxyz019+/=", min_size=1, max_size=60)
WHO = st.builds(Credentials, key_id=WORD, secret=WORD, token=st.one_of(st.just(""), TOKEN))
REGION = st.sampled_from(["ap-northeast-1", "us-east-1", "cn-north-1", "eu-central-2"])
HOST = st.sampled_from(["sqs.ap-northeast-1.amazonaws.com", "127.0.0.1:5000", "bucket.s3.test"])
#: Keys that people and clients come up with: spaces, CJK, `~`, `+`, dots, doubled slashes.
KEY = st.text(
    st.one_of(
        st.sampled_from(" ~+/=&?#%:;,@!$'()*\\\"<>|[]{}^`._-"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    min_size=1,
    max_size=40,
)
#: A header's value with blanks at its ends and many between its words.
BLANKS = st.text(" \t", max_size=3)
VALUE = st.builds(
    lambda words, blanks: blanks + (blanks or " ").join(words) + blanks,
    st.lists(st.text("abcXYZ019;=,/.-", min_size=1, max_size=8), min_size=1, max_size=4),
    BLANKS,
)
EXTRA = st.dictionaries(st.sampled_from(["x-amz-meta-kind", "content-type", "range"]), VALUE)


def theirs(who: Credentials) -> TheirCredentials:
    return TheirCredentials(who.key_id, who.secret, who.token or None)


def time_of(request: AWSRequest) -> datetime:
    return datetime.strptime(request.context["timestamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def lowered(request: AWSRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


@given(
    who=WHO,
    region=REGION,
    host=HOST,
    service=st.sampled_from(["sqs", "dynamodb", "ssm"]),
    body=st.binary(max_size=200),
    target=WORD,
    extra=EXTRA,
)
def test_a_call_to_a_json_service_is_signed_as_botocore_signs_it(
    who: Credentials,
    region: str,
    host: str,
    service: str,
    body: bytes,
    target: str,
    extra: dict[str, str],
) -> None:
    headers = {"host": host, "x-amz-target": target, **extra}
    request = AWSRequest("POST", f"https://{host}/", headers=headers, data=body)
    auth.SigV4Auth(theirs(who), service, region).add_auth(request)
    signer = Signer(credentials=who, scope=Scope(region=region, service=service))
    ours = signer.headers("POST", "/", headers=headers, body=body, now=time_of(request))
    assert ours == lowered(request)


@given(who=WHO, region=REGION, key=KEY)
def test_a_path_of_another_service_is_encoded_once_more(
    who: Credentials, region: str, key: str
) -> None:
    # botocore tidies `//` and `..` away first; Liao asks no service but S3 for such a path.
    path = "/" + quote(key.replace("/", "").replace(".", ""), safe="~")
    request = AWSRequest("GET", f"https://api.test{path}", headers={"host": "api.test"})
    auth.SigV4Auth(theirs(who), "execute-api", region).add_auth(request)
    signer = Signer(credentials=who, scope=Scope(region=region, service="execute-api"))
    ours = signer.headers("GET", path, headers={"host": "api.test"}, body=b"", now=time_of(request))
    assert ours == lowered(request)


@given(
    who=WHO,
    region=REGION,
    host=HOST,
    key=KEY,
    method=st.sampled_from(["GET", "PUT", "DELETE"]),
    body=st.binary(max_size=200),
    extra=EXTRA,
    secure=st.booleans(),
)
def test_an_object_of_any_name_is_put_and_got_as_botocore_would(
    who: Credentials,
    region: str,
    host: str,
    key: str,
    method: str,
    body: bytes,
    extra: dict[str, str],
    secure: bool,
) -> None:
    path = "/bucket/" + quote(key, safe="/~")
    headers = {"host": host, **extra}
    url = f"{'https' if secure else 'http'}://{host}{path}"
    request = AWSRequest(method, url, headers=headers, data=body)
    # Over TLS botocore may leave the body out of what it signs; ours never does.
    request.context["client_config"] = SimpleNamespace(s3={"payload_signing_enabled": True})
    auth.S3SigV4Auth(theirs(who), "s3", region).add_auth(request)
    signer = Signer(credentials=who, scope=Scope(region=region, service="s3"))
    ours = signer.headers(method, path, headers=headers, body=body, now=time_of(request))
    assert ours == lowered(request)


@given(who=WHO, region=REGION, prefix=KEY, after=KEY)
def test_a_list_of_objects_is_asked_for_as_botocore_would(
    who: Credentials, region: str, prefix: str, after: str
) -> None:
    values = {"list-type": "2", "prefix": prefix, "continuation-token": after}
    query = queried(values)
    assert dict(parse_qsl(query)) == values
    request = AWSRequest("GET", f"https://s3.test/bucket?{query}", headers={"host": "s3.test"})
    auth.S3SigV4Auth(theirs(who), "s3", region).add_auth(request)
    signer = Signer(credentials=who, scope=Scope(region=region, service="s3"))
    ours = signer.headers(
        "GET",
        "/bucket",
        headers={"host": "s3.test"},
        body=b"",
        now=time_of(request),
        query=query,
    )
    assert ours == lowered(request)


@given(who=WHO, region=REGION, host=HOST, key=KEY, seconds=st.integers(1, 604_800))
def test_a_link_is_presigned_as_botocore_would(
    who: Credentials, region: str, host: str, key: str, seconds: int
) -> None:
    path = "/bucket/" + quote(key, safe="/~")
    request = AWSRequest("GET", f"https://{host}{path}", headers={"host": host})
    auth.S3SigV4QueryAuth(theirs(who), "s3", region, expires=seconds).add_auth(request)
    signer = Signer(credentials=who, scope=Scope(region=region, service="s3"))
    ours = signer.query(path, host=host, seconds=seconds, now=time_of(request))
    assert sorted(parse_qsl(ours)) == sorted(parse_qsl(urlsplit(request.url).query))


def test_no_secret_is_seen_where_credentials_or_a_signer_are_printed() -> None:
    who = Credentials(key_id="AKIA", secret="the-secret", token="the-token")
    signer: Any = Signer(credentials=who, scope=Scope(region="eu-west-1", service="sqs"))
    assert "the-secret" not in f"{signer!r}"
    assert "the-token" not in f"{signer!r}"
