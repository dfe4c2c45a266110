"""The rich menu: the commands that the bot offers as tiles below the chat, in every language.

`tiles` says what is on a menu, `layout` where, `drawing` makes the picture, `publishing` brings it
to LINE. A tap sends what a person could write as well, so nothing is reached by the menu alone:
LINE shows none on a computer, nor in groups.
"""
