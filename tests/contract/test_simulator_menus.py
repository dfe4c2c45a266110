"""Rich menus: shown with a picture only, gone everywhere at once, and their limits."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest
from linebot.v3.messaging import (  # type: ignore[import-untyped]
    ApiException,
    RichMenuBatchLinkOperation,
    RichMenuBatchRequest,
    RichMenuRequest,
)

from tests.contract.operations import MENU, Scene, make_alias, png, refused
from tests.simulated import wait_until

Json = dict[str, Any]


def test_a_rich_menu_is_shown_only_with_its_picture(scene: Scene) -> None:
    bare = scene.api.create_rich_menu(RichMenuRequest.from_dict(MENU)).rich_menu_id
    calls: tuple[Callable[[], Any], ...] = (
        lambda: scene.api.set_default_rich_menu(bare),
        lambda: scene.api.link_rich_menu_id_to_user(scene.amy, bare),
    )
    for call in calls:
        with pytest.raises(ApiException) as error:
            call()
        assert refused(error) == (400, "must upload richmenu image before applying it to user")
    with pytest.raises(ApiException) as error:
        scene.api.set_default_rich_menu("richmenu-nothing")
    assert refused(error) == (404, "richmenu not found")


def test_what_shows_a_rich_menu_goes_with_it(scene: Scene) -> None:
    scene.api.set_default_rich_menu(scene.menu)
    scene.api.link_rich_menu_id_to_user(scene.amy, scene.menu)
    make_alias(scene, "home")
    scene.api.delete_rich_menu(scene.menu)
    calls: tuple[tuple[Callable[[], Any], str], ...] = (
        (scene.api.get_default_rich_menu_id, "no default richmenu"),
        (lambda: scene.api.get_rich_menu_id_of_user(scene.amy), "the user has no richmenu"),
        (lambda: scene.api.get_rich_menu_alias("home"), "richmenu alias not found"),
    )
    for call, message in calls:
        with pytest.raises(ApiException) as error:
            call()
        assert refused(error) == (404, message)


def test_an_alias_is_taken_once(scene: Scene) -> None:
    make_alias(scene, "home")
    with pytest.raises(ApiException) as error:
        make_alias(scene, "home")
    assert refused(error) == (400, "conflict richmenu alias id")


def test_whoever_has_a_menu_gets_the_one_in_its_place(scene: Scene) -> None:
    ben = scene.sim.user("Ben")
    scene.api.link_rich_menu_id_to_user(scene.amy, scene.menu)
    other, new = scene.make_menu(), scene.make_menu()
    scene.api.link_rich_menu_id_to_user(ben, other)
    move = RichMenuBatchLinkOperation(**{"from": scene.menu, "to": new})
    begun = scene.api.rich_menu_batch_with_http_info(RichMenuBatchRequest(operations=[move]))
    work = begun.headers["x-line-request-id"]
    assert scene.api.get_rich_menu_batch_progress(work).phase == "ongoing"
    wait_until(
        lambda: scene.api.get_rich_menu_batch_progress(work).phase == "succeeded",
        what="the batch",
    )
    assert scene.api.get_rich_menu_id_of_user(scene.amy).rich_menu_id == new
    assert scene.api.get_rich_menu_id_of_user(ben).rich_menu_id == other


@pytest.mark.parametrize("operation", [{"type": "unlinkAll"}, {"type": "unlink"}])
def test_a_menu_is_taken_from_whoever_has_it(scene: Scene, operation: Json) -> None:
    scene.api.link_rich_menu_id_to_user(scene.amy, scene.menu)
    named = {**operation, "from": scene.menu} if operation["type"] == "unlink" else operation
    assert batch(scene, named) == (202, {})
    with pytest.raises(ApiException):
        scene.api.get_rich_menu_id_of_user(scene.amy)


def test_a_batch_names_menus_that_there_are(scene: Scene) -> None:
    bare = str(scene.api.create_rich_menu(RichMenuRequest.from_dict(MENU)).rich_menu_id)
    unknown = {"type": "link", "from": "richmenu-nothing", "to": scene.menu}
    assert batch(scene, unknown) == (404, {"message": "richmenu not found"})
    assert batch(scene, {"type": "link", "from": scene.menu, "to": bare})[0] == 400
    assert batch(scene, {"type": "swap"})[0] == 400
    with pytest.raises(ApiException) as error:
        scene.api.get_rich_menu_batch_progress("no-request")
    assert refused(error)[0] == 404


def batch(scene: Scene, operation: Json) -> tuple[int, Json]:
    """Ask for one operation: the status and the answer."""
    headers = {"authorization": f"Bearer {scene.sim.token}"}
    path = "/line/v2/bot/richmenu/batch"
    found = scene.sim.http.post(path, json={"operations": [operation]}, headers=headers)
    return found.status_code, found.json()


JPEG = (
    bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b08")
    + struct.pack(">HH", 250, 800)
    + bytes.fromhex("01011100ffd9")
)


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        (JPEG, "image/jpeg", 200),
        (png(800, 250), "image/png", 200),
        (png(800, 250) + b"\0" * (1024 * 1024 - len(png(800, 250))), "image/png", 200),
        (png(800, 250) + b"\0" * (1024 * 1024 + 1 - len(png(800, 250))), "image/png", 413),
        (png(800, 251), "image/png", 400),
        (png(800, 250), "image/jpeg", 400),
        (b"GIF89a", "image/png", 400),
        (png(800, 250), "image/gif", 415),
    ],
)
def test_a_rich_menus_picture_has_its_size_and_kind(
    scene: Scene, raw: bytes, kind: str, status: int
) -> None:
    menu = scene.api.create_rich_menu(RichMenuRequest.from_dict(MENU)).rich_menu_id
    headers = {"authorization": f"Bearer {scene.sim.token}", "content-type": kind}
    path = f"/line/v2/bot/richmenu/{menu}/content"
    assert scene.sim.http.post(path, content=raw, headers=headers).status_code == status
