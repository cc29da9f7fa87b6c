"""What the program says, in English, Russian and Kazakh.

English is written in the code; `ru.po` and `kk.po` hold the translations. `python -m
aigaq.messages.extract` brings the catalogs up to date after a text in the code has changed.
"""
