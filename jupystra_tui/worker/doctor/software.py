"""Modules and Jupyter, as the login node has them; compute nodes may differ."""

import re
import secrets

from jupystra_tui.apps.app_registry import registry
from jupystra_tui.apps.web_app import App
from jupystra_tui.model.finding import Finding, fine, look, untried
from jupystra_tui.ssh.shell import quote, text
from jupystra_tui.text import clean
from jupystra_tui.worker.doctor.contexts import SiteContext
from jupystra_tui.worker.doctor.survey import elsewhere_script, read_sections

ELSEWHERE_SECONDS = 40.0
_NUMBER = re.compile(r"\d+\.\d+[\w.]*")
_MODULE = re.compile(r"^\S*jupyter[^\s:]*(?=\(|\s|$)", re.IGNORECASE | re.MULTILINE)
_TRIED = "after the set-up, on the PATH of a login and of an interactive shell"

NOT_FOUND = "127"  # the exit status of a shell for a program that is not there


async def modules(context: SiteContext) -> Finding:
    """Is there a `module` command?"""
    said = (await context.survey()).get("module", "")
    if not said:
        return fine("no `module` command: set-up commands do without")
    number = _NUMBER.search(said)
    return fine(f"a login shell has `module`{f', version {clean(number[0], 40)}' if number else ''}")


async def jupyter(context: SiteContext) -> Finding:
    """Does the search that a job makes find the default app on the login node?"""
    app = registry().app(context.session.cluster.defaults.server)
    found = await context.search()
    if path := clean(found.get("found", "")):
        number = _NUMBER.search(found.get("version", ""))
        return fine(
            f"{path}{f', {clean(number[0], 40)}' if number else ''}, on the login node: nodes may differ"
        )
    stopped = clean(found.get("stopped", ""))
    if stopped and clean(found.get("code", "")).strip() != NOT_FOUND:
        return look(stopped, "Fix the cluster's `setup` or `folder` in the configuration.")
    if not stopped:
        return untried(
            "the search for it did not end well",
            "Log in with ssh and try `bash -l` there: a start-up file may end or replace that shell (exec zsh).",
        )
    return await _elsewhere(context, app)


async def _elsewhere(context: SiteContext, app: App) -> Finding:
    mark, program = secrets.token_hex(8), app.program
    script = quote(("bash", "-lc", elsewhere_script(mark, program)))
    found = read_sections(text((await context.run(script, ELSEWHERE_SECONDS)).out), mark)
    missing = f"{program} was not found on the login node; tried: {', in '.join((_TRIED, *app.search))}"
    if app.access.statistics != "jupyter":
        return look(missing, "Compute nodes may have it. Give the commands that set it up as `setup`.")
    if place := clean(found.get("conda", "").partition("\n")[0]):
        return look(
            f"{missing}. It is in the conda environment {place}", f"Give `conda activate {place}` as set-up."
        )
    if modules := _MODULE.findall(found.get("modules", "")):
        names = [clean(name, 60) for name in dict.fromkeys(modules)]
        return look(
            f"{missing}. There are modules: {', '.join(names[:5])}",
            f"Give `module load {names[0]}` as set-up.",
        )
    if version := _NUMBER.search(found.get("python", "")):
        return look(
            f"{missing}. Python has jupyterlab {clean(version[0], 40)} all the same",
            f"Find the folder of {program} and give `export PATH=FOLDER:$PATH` as set-up.",
        )
    return look(
        f"{missing}, as a module, with Python and in conda environments",
        "Compute nodes may have it. If a start says that they do not: `python3 -m pip install --user jupyterlab`, "
        "or give the site's own `module load …` as set-up.",
    )
