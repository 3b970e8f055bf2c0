"""Modules and Jupyter on the login node; compute nodes may differ."""

import re
import secrets

from jupystra_tui.apps.app_registry import registry
from jupystra_tui.apps.web_app import App
from jupystra_tui.model.finding import Finding, passed, skipped, warning
from jupystra_tui.ssh.shell import quote, text
from jupystra_tui.text import clean
from jupystra_tui.worker.doctor.contexts import SiteContext
from jupystra_tui.worker.doctor.survey import other_places_script, read_sections

OTHER_PLACES_SECONDS = 40.0
_NUMBER = re.compile(r"\d+\.\d+[\w.]*")
_MODULE = re.compile(r"^\S*jupyter[^\s:]*(?=\(|\s|$)", re.IGNORECASE | re.MULTILINE)
_TRIED = "after the set-up, in the PATH of a login shell and of an interactive shell"

NOT_FOUND = "127"  # a shell's exit status if the program is not found


async def modules(context: SiteContext) -> Finding:
    """Is there a `module` command?"""
    said = (await context.survey()).get("module", "")
    if not said:
        return passed("no `module` command; set-up commands cannot use it")
    number = _NUMBER.search(said)
    return passed(
        f"`module` is available in a login shell{f', version {clean(number[0], 40)}' if number else ''}"
    )


async def jupyter(context: SiteContext) -> Finding:
    """Does the search that a job makes find the default app on the login node?"""
    app = registry().app(context.session.cluster.defaults.server)
    found = await context.search()
    if path := clean(found.get("found", "")):
        number = _NUMBER.search(found.get("version", ""))
        return passed(
            f"{path}{f', {clean(number[0], 40)}' if number else ''}, on the login node; compute nodes may differ"
        )
    stopped = clean(found.get("stopped", ""))
    if stopped and clean(found.get("code", "")).strip() != NOT_FOUND:
        return warning(stopped, "Fix the cluster's `setup` or `folder` in the configuration.")
    if not stopped:
        return skipped(
            "the search did not complete",
            "Log in with ssh and try `bash -l` there: a start-up file may end or replace that shell (exec zsh).",
        )
    return await _other_places(context, app)


async def _other_places(context: SiteContext, app: App) -> Finding:
    mark, program = secrets.token_hex(8), app.program
    script = quote(("bash", "-lc", other_places_script(mark, program)))
    found = read_sections(text((await context.run(script, OTHER_PLACES_SECONDS)).out), mark)
    missing = f"{program} was not found on the login node; tried: {', in '.join((_TRIED, *app.search))}"
    if app.access.statistics != "jupyter":
        return warning(
            missing, "Compute nodes may have it. Add the commands that make it available to `setup`."
        )
    if place := clean(found.get("conda", "").partition("\n")[0]):
        return warning(
            f"{missing}. It is in the conda environment {place}",
            f"Add `conda activate {place}` to the set-up.",
        )
    if modules := _MODULE.findall(found.get("modules", "")):
        names = [clean(name, 60) for name in dict.fromkeys(modules)]
        return warning(
            f"{missing}. Available modules: {', '.join(names[:5])}",
            f"Add `module load {names[0]}` to the set-up.",
        )
    if version := _NUMBER.search(found.get("python", "")):
        return warning(
            f"{missing}. Python has the package jupyterlab {clean(version[0], 40)}",
            f"Find the folder of {program} and add `export PATH=FOLDER:$PATH` to the set-up.",
        )
    return warning(
        f"{missing}, modules, Python packages and conda environments",
        "Compute nodes may have it. If a job does not find it, run `python3 -m pip install --user jupyterlab`, "
        "or add the `module load …` command of your site to the set-up.",
    )
