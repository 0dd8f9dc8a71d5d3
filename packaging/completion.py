# SPDX-License-Identifier: Apache-2.0
"""What shells complete, made of the tables that --help is made of. What a shell does is in the templates of
completion/, each with its tables at @NAME@."""
import pathlib
import shlex

TEMPLATES = pathlib.Path(__file__).parent / "completion"
HELP_TOPICS = ["options", "effective"]
INDENT = "    "


def scripts(tables):
    """(file below the folder, text) of each shell."""
    for target, template, made in (("bash/jobtrail", "jobtrail.bash", bash), ("zsh/_jobtrail", "_jobtrail", zsh),
                                   ("fish/jobtrail.fish", "jobtrail.fish", fish)):
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        for name, lines in made(tables).items():
            text = text.replace(f"@{name}@", "\n".join(lines))
        yield target, text


def flags_of(tables, command):
    return command["flags"] + tables["common_flags"]


def verbs_of(tables, command):
    """(word, what it does) of what may follow the command."""
    if command["name"] == "help":
        names = [(each["name"], each["summary"]) for each in tables["commands"]]
        return names + [(topic, "") for topic in HELP_TOPICS]
    return [(verb["name"], verb["help"]) for verb in command["verbs"]]


def is_file(flag):
    return flag["value"] == "FILE"


def settings(tables):
    """name= of each option, and name=choice where there are choices."""
    for option in tables["options"]:
        yield f"{option['name']}="
        yield from (f"{option['name']}={choice}" for choice in option["choices"])
        if option["secret"]:
            yield f"{option['name']}.file="
    yield from (family["prefix"] for family in tables["families"])


# --- bash ---

def bash_case(label, words):
    return f"{INDENT}{label}) echo {shlex.quote(' '.join(words))} ;;"


def bash(tables):
    flags, values, files, verbs = [], [], [], []
    for command in tables["commands"]:
        names = {flag["name"]: flag for flag in flags_of(tables, command)}
        flags.append(bash_case(command["name"], [f"--{name}" for name in names]))
        values.append(bash_case(command["name"], [each for flag in names.values() if flag["value"]
                                                  for each in spellings(flag)]))
        files.append(bash_case(command["name"], [each for flag in names.values() if is_file(flag)
                                                 for each in spellings(flag)]))
        if following := verbs_of(tables, command):
            verbs.append(bash_case(command["name"], [word for word, _ in following]))
    return {"COMMANDS": [" ".join(command["name"] for command in tables["commands"])], "FLAGS": flags, "VALUES": values,
            "FILES": files, "VERBS": verbs, "SETTINGS": [" ".join(settings(tables))]}


def spellings(flag):
    return [f"--{flag['name']}"] + ([f"-{flag['letter']}"] if flag["letter"] else [])


# --- zsh ---

def zsh_word(word, prose):
    return f"{INDENT}{shlex.quote(word.replace(':', chr(92) + ':') + ':' + prose)}"


def zsh_flag(flag):
    prose = flag["prose"].replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]").replace(":", r"\:")
    action = "_jobtrail_setting" if flag["name"] == "set" else "_files" if is_file(flag) else " "
    value = f":{flag['value'].replace(':', chr(92) + ':')}:{action}" if flag["value"] else ""
    equals = "=" if flag["value"] else ""
    many = "*" if flag["name"] == "set" else ""
    long = shlex.quote(f"{many}--{flag['name']}{equals}[{prose}]{value}")
    return [long] + ([shlex.quote(f"{many}-{flag['letter']}[{prose}]{value}")] if flag["letter"] else [])


def zsh(tables):
    flags, verbs = [], []
    for command in tables["commands"]:
        flags.append(f"{INDENT}{command['name']}) flags=(")
        flags += [INDENT * 2 + each for flag in flags_of(tables, command) for each in zsh_flag(flag)]
        flags.append(f"{INDENT}) ;;")
        if following := verbs_of(tables, command):
            verbs.append(f"{INDENT}{command['name']}) verbs=(")
            verbs += [INDENT + zsh_word(*each) for each in following]
            verbs.append(f"{INDENT}) ;;")
    return {"COMMANDS": [zsh_word(command["name"], command["summary"]) for command in tables["commands"]],
            "FLAGS": flags, "VERBS": verbs, "SETTINGS": [INDENT + shlex.quote(each) for each in settings(tables)]}


# --- fish ---

def fish_quote(text):
    return "'" + text.replace("\\", r"\\").replace("'", r"\'") + "'"


def fish_flag(flag, condition):
    line = f"complete -c jobtrail -n {fish_quote(condition)} -l {flag['name']}"
    line += f" -s {flag['letter']}" if flag["letter"] else ""
    if flag["name"] == "set":
        line += " -x -a '(__jobtrail_settings)'"
    elif flag["value"]:
        line += " -r -F" if is_file(flag) else " -x"
    return f"{line} -d {fish_quote(flag['prose'])}"


def fish(tables):
    commands, flags, verbs = [], [], []
    for command in tables["commands"]:
        name = command["name"]
        commands.append(f"complete -c jobtrail -n __jobtrail_lacks_command -a {name} -d {fish_quote(command['summary'])}")
        flags += [fish_flag(flag, f"__jobtrail_runs {name}") for flag in flags_of(tables, command)]
        verbs += [f"complete -c jobtrail -n '__jobtrail_lacks_verb {name}' -a {word} -d {fish_quote(prose)}"
                  for word, prose in verbs_of(tables, command)]
    return {"COMMANDS": commands, "FLAGS": flags, "VERBS": verbs,
            "SETTINGS": [f"{INDENT}echo {fish_quote(each)}" for each in settings(tables)]}
