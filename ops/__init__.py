"""`python -m ops …`: what an operator does with a stage on AWS.

A stage is one bot on one LINE channel. Its names follow from the app and the stage, so every
command needs the stage alone; AWS, LINE and the project's files are asked for the rest.
"""
