"""What a month cost, for whoever pays: a table for a terminal, rows for a spreadsheet, a page.

All three show the sums that the bot's own command shows, made of the ledger's entries. They name
nobody: chats and people stand in the ledger by pseudonyms.
"""
