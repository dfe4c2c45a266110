"""Rich menus: made, given a picture, and shown to everybody, to one person, or by an alias."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from simulator import limits
from simulator.line_api.call import Call, Endpoint, Work
from simulator.refusals import Refused
from simulator.rich_menus import Menu, Picture


def menu_of(call: Call, menu_id: str | None = None) -> Menu:
    """A menu of this id, or of the path's. Raises Refused."""
    menu = call.world.menus.find(menu_id or call.part("menu"))
    if menu is None:
        raise Refused(404, "richmenu not found")
    return menu


def pictured(call: Call, menu_id: str | None = None) -> Menu:
    """A menu that can be shown. Raises Refused."""
    menu = menu_of(call, menu_id)
    if menu.picture is None:
        raise Refused(400, "must upload richmenu image before applying it to user")
    return menu


async def create(call: Call) -> Response:
    """`POST /v2/bot/richmenu`."""
    return JSONResponse({"richMenuId": call.world.menus.add(call.body(limits.RICH_MENU)).id})


async def validate(call: Call) -> Response:
    """`POST /v2/bot/richmenu/validate`: look, and keep nothing."""
    call.body(limits.RICH_MENU)
    return JSONResponse({})


async def get(call: Call) -> Response:
    """`GET /v2/bot/richmenu/{richMenuId}`."""
    return JSONResponse(menu_of(call).json())


async def every(call: Call) -> Response:
    """`GET /v2/bot/richmenu/list`."""
    return JSONResponse({"richmenus": [menu.json() for menu in call.world.menus.all()]})


async def delete(call: Call) -> Response:
    """`DELETE /v2/bot/richmenu/{richMenuId}`."""
    call.world.menus.remove(menu_of(call))
    return JSONResponse({})


async def upload(call: Call) -> Response:
    """`POST /v2/bot/richmenu/{richMenuId}/content`: JPEG or PNG, at most 1 MB, once."""
    menu = menu_of(call)
    kind = call.request.headers.get("content-type", "")
    if kind not in limits.RICH_MENU_TYPES:
        raise Refused(415, f"The content type, {kind or 'none'}, is not supported")
    if menu.picture:
        raise Refused(400, "An image has already been uploaded to the richmenu")
    if len(call.raw) > limits.RICH_MENU_BYTES:
        raise Refused(413, "The image is larger than 1 MB")
    picture = Picture.read(call.raw)
    if picture is None or picture.type != kind:
        raise Refused(400, f"The image is not what its content type, {kind}, says")
    size = menu.body["size"]
    if (picture.width, picture.height) != (size["width"], size["height"]):
        wanted = f"{size['width']}x{size['height']}"
        raise Refused(400, f"The image is {picture.width}x{picture.height}, the richmenu {wanted}")
    menu.picture = picture
    return JSONResponse({})


async def download(call: Call) -> Response:
    """`GET /v2/bot/richmenu/{richMenuId}/content`."""
    picture = menu_of(call).picture
    if picture is None:
        raise Refused(404, "richmenu image not found")
    return Response(picture.bytes, media_type=picture.type)


async def set_default(call: Call) -> Response:
    """`POST /v2/bot/user/all/richmenu/{richMenuId}`."""
    call.world.menus.default = pictured(call).id
    return JSONResponse({})


async def get_default(call: Call) -> Response:
    """`GET /v2/bot/user/all/richmenu`."""
    if call.world.menus.default is None:
        raise Refused(404, "no default richmenu")
    return JSONResponse({"richMenuId": call.world.menus.default})


async def cancel_default(call: Call) -> Response:
    """`DELETE /v2/bot/user/all/richmenu`."""
    call.world.menus.default = None
    return JSONResponse({})


async def link(call: Call) -> Response:
    """`POST /v2/bot/user/{userId}/richmenu/{richMenuId}`."""
    call.world.menus.linked[call.part("user")] = pictured(call).id
    return JSONResponse({})


async def linked(call: Call) -> Response:
    """`GET /v2/bot/user/{userId}/richmenu`."""
    menu = call.world.menus.linked.get(call.part("user"))
    if menu is None:
        raise Refused(404, "the user has no richmenu")
    return JSONResponse({"richMenuId": menu})


async def unlink(call: Call) -> Response:
    """`DELETE /v2/bot/user/{userId}/richmenu`."""
    call.world.menus.linked.pop(call.part("user"), None)
    return JSONResponse({})


async def link_many(call: Call) -> Response:
    """`POST /v2/bot/richmenu/bulk/link`."""
    body = call.body(limits.RICH_MENU_LINKS)
    menu = pictured(call, body["richMenuId"])
    call.world.menus.linked.update(dict.fromkeys(body["userIds"], menu.id))
    return JSONResponse({}, 202)


async def unlink_many(call: Call) -> Response:
    """`POST /v2/bot/richmenu/bulk/unlink`."""
    for user in call.body(limits.RICH_MENU_UNLINKS)["userIds"]:
        call.world.menus.linked.pop(user, None)
    return JSONResponse({}, 202)


async def make_alias(call: Call) -> Response:
    """`POST /v2/bot/richmenu/alias`."""
    body = call.body(limits.RICH_MENU_ALIAS)
    if body["richMenuAliasId"] in call.world.menus.aliases:
        raise Refused(400, "conflict richmenu alias id")
    menu = pictured(call, body["richMenuId"])
    call.world.menus.aliases[body["richMenuAliasId"]] = menu.id
    return JSONResponse({})


def _alias(call: Call) -> str:
    if call.part("alias") not in call.world.menus.aliases:
        raise Refused(404, "richmenu alias not found")
    return call.part("alias")


async def change_alias(call: Call) -> Response:
    """`POST /v2/bot/richmenu/alias/{richMenuAliasId}`."""
    alias = _alias(call)
    menu = pictured(call, call.body(limits.RICH_MENU_ALIAS_CHANGE)["richMenuId"])
    call.world.menus.aliases[alias] = menu.id
    return JSONResponse({})


async def get_alias(call: Call) -> Response:
    """`GET /v2/bot/richmenu/alias/{richMenuAliasId}`."""
    alias = _alias(call)
    return JSONResponse({"richMenuAliasId": alias, "richMenuId": call.world.menus.aliases[alias]})


async def aliases(call: Call) -> Response:
    """`GET /v2/bot/richmenu/alias/list`."""
    known = call.world.menus.aliases.items()
    told = [{"richMenuAliasId": alias, "richMenuId": menu} for alias, menu in known]
    return JSONResponse({"aliases": told})


async def delete_alias(call: Call) -> Response:
    """`DELETE /v2/bot/richmenu/alias/{richMenuAliasId}`."""
    del call.world.menus.aliases[_alias(call)]
    return JSONResponse({})


def told(work: Work) -> Work:
    """The same work, of which the page hears."""

    async def telling(call: Call) -> Response:
        response = await work(call)
        call.world.tell_state()
        return response

    return telling


ROOT, USER = "/v2/bot/richmenu", "/v2/bot/user"
ENDPOINTS = tuple(
    Endpoint(verb=verb, path=path, work=work if verb == "GET" else told(work))
    for verb, path, work in (
        ("POST", ROOT, create),
        ("POST", f"{ROOT}/validate", validate),
        ("GET", f"{ROOT}/list", every),
        ("POST", f"{ROOT}/bulk/link", link_many),
        ("POST", f"{ROOT}/bulk/unlink", unlink_many),
        ("POST", f"{ROOT}/alias", make_alias),
        ("GET", f"{ROOT}/alias/list", aliases),
        ("GET", f"{ROOT}/alias/{{alias}}", get_alias),
        ("POST", f"{ROOT}/alias/{{alias}}", change_alias),
        ("DELETE", f"{ROOT}/alias/{{alias}}", delete_alias),
        ("GET", f"{ROOT}/{{menu}}", get),
        ("DELETE", f"{ROOT}/{{menu}}", delete),
        ("POST", f"{ROOT}/{{menu}}/content", upload),
        ("GET", f"{ROOT}/{{menu}}/content", download),
        ("GET", f"{USER}/all/richmenu", get_default),
        ("DELETE", f"{USER}/all/richmenu", cancel_default),
        ("POST", f"{USER}/all/richmenu/{{menu}}", set_default),
        ("GET", f"{USER}/{{user}}/richmenu", linked),
        ("DELETE", f"{USER}/{{user}}/richmenu", unlink),
        ("POST", f"{USER}/{{user}}/richmenu/{{menu}}", link),
    )
)
