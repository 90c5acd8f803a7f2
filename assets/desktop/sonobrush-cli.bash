# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of sonobrush-cli: commands, then what the program itself says are their options.
_sonobrush_cli()
{
    local word=${COMP_WORDS[COMP_CWORD]} options
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        options=$("${COMP_WORDS[0]}" --help 2> /dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
        mapfile -t COMPREPLY < <(compgen -W "$options --help --version" -- "$word")
    elif [[ $word == -* ]]; then
        options=$("${COMP_WORDS[0]}" help "${COMP_WORDS[1]}" 2> /dev/null | grep -oE -- '--[a-z]+=?')
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
        [[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace
    else
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "${word#*=}")
    fi
}
complete -F _sonobrush_cli sonobrush-cli
