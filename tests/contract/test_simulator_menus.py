"""Rich menus: shown with a picture only, gone everywhere at once, and their limits."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest
from linebot.v3.messaging import ApiException, RichMenuRequest  # type: ignore[import-untyped]

from tests.contract.operations import MENU, Scene, make_alias, png, refused

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
