#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs the Debian packages that are missing:  install_dependencies.sh [run|test|all] [--list]
# Asks dpkg only (10 ms) when nothing is missing. Exit 0: all there, 3: something was installed
# just now, 1: failed.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
set_name=run
list_only=no
for argument in "$@"; do
    case $argument in
        run | test | all) set_name=$argument ;;
        --list) list_only=yes ;;
        *) echo "usage: install_dependencies.sh [run|test|all] [--list]" >&2; exit 2 ;;
    esac
done

say() { echo "doubletalk: $*" >&2; }
stop() {
    say "error: $1"
    shift
    for line in "$@"; do say "  $line"; done
    exit 1
}

release=any
if [[ -r /etc/os-release ]]; then
    release=$(. /etc/os-release && [[ ${ID:-} == debian ]] && echo "${VERSION_ID:-any}" || echo any)
fi

case $set_name in
    run) sets=" run " ;;
    test) sets=" run test " ;;
    all) sets=" run test all " ;;
esac
needed=()
nice=()
while read -r package group for_release _; do
    [[ -z $package || $package == \#* ]] && continue
    [[ $for_release == any || $for_release == "$release" ]] || continue
    if [[ $group == nice ]]; then
        nice+=("$package")
    elif [[ $sets == *" $group "* ]]; then
        needed+=("$package")
    fi
done < "$folder/dependencies.txt"

if [[ $list_only == yes ]]; then
    printf '%s\n' "${needed[@]}"
    exit 0
fi

if ! command -v dpkg-query > /dev/null; then
    say "this is not a Debian system: packages are not installed for you."
    say "If the build stops, install what these Debian packages hold: ${needed[*]}"
    exit 0
fi

# Prints those of its arguments that dpkg does not know as installed. A name may appear once for
# each architecture; one installed copy is enough.
missingOf() {
    local installed package
    # dpkg-query ends with 1 when it does not know one of the names: that is an answer, not an error.
    installed=" $({ dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2> /dev/null || true; } |
        sed -n 's/^installed //p' | tr '\n' ' ') "
    for package in "$@"; do
        [[ $installed == *" $package "* ]] || printf '%s ' "$package"
    done
}

names=$(missingOf "${needed[@]}")
read -ra missing <<< "$names"
((${#missing[@]})) || exit 0

say "missing packages: ${missing[*]}"
command -v apt-get > /dev/null || stop "apt-get was not found" "install the packages above by hand"
as_root=()
if ((EUID != 0)); then
    by_hand="as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    command -v sudo > /dev/null ||
        stop "packages are missing, you are not root and there is no sudo" "$by_hand"
    if [[ -t 0 ]]; then
        as_root=(sudo)
    else
        # No terminal, no question: sudo -n fails at once where a password would be needed.
        sudo -n true 2> /dev/null ||
            stop "packages are missing, and sudo would ask for a password without a terminal" \
                "start this once in a terminal, or $by_hand"
        as_root=(sudo -n)
    fi
fi
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" < /dev/null >&2
}

say "updating the package lists"
apt update || say "warning: some package lists could not be updated; going on with the old ones"
say "installing ${#missing[@]} packages"
if ! apt install -y --no-install-recommends "${missing[@]}"; then
    stop "apt-get could not install: ${missing[*]}" \
        "its own message is above; frequent causes: no network, a mirror that is out of date," \
        "another apt at work, a full disk. After that, start this again." \
        "Known to work on Debian 12 and 13; this system says: $(. /etc/os-release 2> /dev/null && echo "${PRETTY_NAME:-unknown}")"
fi
names=$(missingOf "${needed[@]}")
read -ra still <<< "$names"
((${#still[@]} == 0)) || stop "still missing after the installation: ${still[*]}"

if ((${#nice[@]})); then
    names=$(missingOf "${nice[@]}")
    read -ra missing <<< "$names"
    for package in "${missing[@]}"; do
        apt install -y --no-install-recommends "$package" > /dev/null 2>&1 ||
            say "note: $package is not available here; going on without it"
    done
fi
exit 3
