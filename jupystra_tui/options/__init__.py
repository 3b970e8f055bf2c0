"""One table of launch options: the form, the flags, the settings file, the batch script and the README come from it.

To add an option: a field of `model.JobRequest` and an entry of `options.table.OPTIONS`.
"""

from jupystra_tui.options.form import Reading, read_form, texts_of
from jupystra_tui.options.option import Control, Option, Remark
from jupystra_tui.options.table import OPTIONS

__all__ = ["OPTIONS", "Control", "Option", "Reading", "Remark", "read_form", "texts_of"]
