#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints the Debian packages that built programs need to run, one a line: those that hold their
# shared libraries, and data.  runtime_packages.sh PROGRAM...
set -euo pipefail
# Voices, the recogniser's model, talkers of the scenes: opened by name, linked by nobody.
data=(espeak-ng-data pocketsphinx-en-us pocketsphinx-testdata alsa-utils)

stop() { echo "runtime_packages.sh: error: $*" >&2; exit 1; }
(($#)) || { echo "usage: runtime_packages.sh PROGRAM..." >&2; exit 2; }
command -v dpkg-query > /dev/null || stop "dpkg-query is missing: this works on Debian only"

libraries=()
for program in "$@"; do
    [[ -x $program ]] || stop "there is no program $program"
    linked=$(ldd "$program")
    [[ $linked != *"not found"* ]] || stop "$program lacks libraries: $(grep 'not found' <<< "$linked")"
    mapfile -t -O ${#libraries[@]} libraries < <(sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' <<< "$linked")
done

# dpkg knows a file below /lib or below /usr/lib, whichever its package says, and only what an
# alternative (libblas) points to.
paths=()
for library in "${libraries[@]}"; do
    paths+=("$library" "/usr$library" "${library#/usr}" "$(realpath "$library")")
done
# It ends with 1 when it does not know one of them: that is an answer, not an error.
owners=$(dpkg-query -S "${paths[@]}" 2> /dev/null || true)
for library in "${libraries[@]}"; do
    real=$(realpath "$library")
    [[ $owners == *"/${library##*/}"* || $owners == *"${real#/usr}"* ]] || stop "no package holds $library"
done
{
    printf '%s\n' "${data[@]}"
    cut -d: -f1 <<< "$owners" | cut -d, -f1
} | sort -u
