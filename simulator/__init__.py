"""A LINE platform on your own machine, with a page to chat on and a model to answer.

It takes LINE's place for one channel: it sends signed webhooks to a bot, takes the bot's calls to
LINE's Messaging API by LINE's rules, and shows the chat as a phone would. It speaks with the bot
by HTTP alone, so any LINE bot in any language can stand behind it. Nothing here ships.

    channel, ids          what a channel is, and ids that look like LINE's
    rules, limits         LINE's rules for message objects: an engine and its tables
    reading               JSON of strangers
    tokens, access        reply tokens; access tokens
    chats, media, rich_menus   what else LINE remembers
    events, webhooks      the events LINE makes of what people do, and their way to the bot
    faults, silence       what shall go wrong
    journal               what happened, and a feed of what happens
    world                 one simulated platform: the above, put together
    line_api, line_routes LINE's side, for the bot; refusals: how LINE says no
    model_api             a model's side, for the bot
    phones                what people do on theirs
    control_api           the simulator's own side, for tests and for the page; control_doings,
                          control_trouble: what it lets happen; control_views: what it tells
    page                  the phone and the inspector, in the browser; main.js puts it together
    server                all of it on one port
    launcher, bot, bot_process   the two together: `python -m simulator run`
    bot_apart             the project's bot without its operator's settings, to be measured
    load                  many people who write at once: `python -m simulator load`
"""
