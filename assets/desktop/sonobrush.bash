# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of sonobrush's options and files.
_sonobrush()
{
    local word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--help --help-all --help-gapplication --version --new-window' -- "$word")
    else
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -F _sonobrush sonobrush
