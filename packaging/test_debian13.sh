#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The Doubletalk authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds and tests in a fresh Debian 13 folder, build/debian13, made with mmdebstrap from this
# machine's own mirror. Root only. The folder is kept and used again; DT_FRESH=1 makes it anew.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/packaging/functions.sh"
folder=$root/build/debian13
suite=trixie

((EUID == 0)) || { say "error: the debian13 stage changes its root folder (chroot): start it as root"; exit 1; }
command -v mmdebstrap > /dev/null ||
    { say "error: mmdebstrap is missing; packaging/install_dependencies.sh all installs it"; exit 1; }

# The first address in the machine's apt sources that serves this very Debian release.
mirror() {
    local codename
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    {
        cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null |
            sed -nE "s/^deb +(\[[^]]*\] +)?([^ ]+) +$codename +.*\bmain\b.*/\2/p"
        cat /etc/apt/sources.list.d/*.sources 2> /dev/null | awk -v RS= -v codename="$codename" '{
            uri = ""; suite = 0
            for (i = 1; i <= NF; ++i) {
                if ($i == "URIs:") uri = $(i + 1)
                if ($i == codename) suite = 1
            }
            if (uri != "" && suite) print uri
        }'
    } | head -n 1 || true
}

# apt's proxy, if one is set, is needed inside as well.
proxyOptions() {
    apt-config dump --format '%f "%v";%n' | grep -E '^Acquire::(http|https)::Proxy' || true
}

[[ ${DT_FRESH:-0} == 1 ]] && rm -rf --one-file-system "$folder"
if [[ ! -f $folder/.complete ]]; then
    uri=$(mirror)
    [[ -n $uri ]] || { say "error: no Debian mirror found in /etc/apt"; exit 1; }
    rm -rf --one-file-system "$folder"
    mkdir -p "$folder"
    options=()
    while IFS= read -r option; do [[ -n $option ]] && options+=("--aptopt=$option"); done <<< "$(proxyOptions)"
    say "making a Debian 13 folder from $uri"
    quietly "$folder.log" mmdebstrap --variant=apt "${options[@]}" "$suite" "$folder" \
        "deb $uri $suite main"
    cp -L /etc/resolv.conf "$folder/etc/resolv.conf" 2> /dev/null || true
    touch "$folder/.complete"
fi

# Only what belongs to the sources; build folders of this machine would confuse cmake in there.
mkdir -p "$folder/src"
find "$folder/src" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
tar -C "$root" --exclude=./build --exclude=./.git -cf - . | tar -C "$folder/src" -xf -

mounted=no
if mount -t proc proc "$folder/proc" 2> /dev/null; then mounted=yes; fi
unmount() { [[ $mounted == no ]] || umount "$folder/proc"; }
trap unmount EXIT
[[ -e $folder/proc/self ]] || say "note: no /proc in the folder; some tests may mind"

inside() {
    chroot "$folder" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LC_ALL=C.UTF-8 http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
        bash -c "cd /src && $1" < /dev/null
}
say "Debian 13: packaging/run.sh"
inside "bash packaging/run.sh"
say "Debian 13: packaging/test.sh release"
inside "DT_DEVICES=OFF bash packaging/test.sh release"
