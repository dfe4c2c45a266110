"""Everything kept on a laptop, in one SQLite file.

The file lies in the data folder and needs no server. All stores share one `Database`, so what
belongs together is written in one transaction, and a crash leaves either all of it or nothing.
"""
