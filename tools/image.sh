#!/usr/bin/env bash
# Builds the image where there is neither a container engine nor a registry.
#
#   tools/image.sh install    as root on Debian: buildah, debootstrap, docker compose
#   tools/image.sh build      the Dockerfile, as localhost/starterkit-example
#
# The base is made here, once: Debian by debootstrap, with this machine's Python 3.13 in
# /usr/local. It stands in for the pinned one and is close to it, not the same: publish no
# image that was built here. tests/test_image.py runs the result.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export BUILDAH_ISOLATION=chroot

BASE=docker.io/library/python:3.13-slim
PLUGINS=/usr/local/lib/docker/cli-plugins

python_home() { compgen -G "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.13.*" | sort -V | tail -n 1; }

install_tools() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Not root on Debian, so what builds the image is not installed." >&2
        return 1
    fi
    local missing=()
    for program in buildah debootstrap redis-server; do
        command -v "$program" >/dev/null || missing+=("$program")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    fi
    docker compose version >/dev/null 2>&1 || install_compose
}

# Debian has version 2 of docker compose since trixie: one program, which runs elsewhere.
install_compose() {
    local folder
    folder="$(mktemp -d)"
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$PLUGINS"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
        "http://deb.debian.org/debian trixie main" >"$folder/sources.list"
    (
        cd "$folder"
        options=(-qq -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=/dev/null
            -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache" -o APT::Sandbox::User=root)
        apt-get "${options[@]}" update
        apt-get "${options[@]}" download docker-compose
        dpkg -x docker-compose_*.deb files
    )
    install -m 755 "$(find "$folder/files" -name docker-compose -type f -path '*plugins*')" "$PLUGINS/"
    rm -r "$folder"
}

make_base() {
    local home root container libraries
    home="$(python_home)"
    [ -n "$home" ] || { echo "There is no Python 3.13 in pyenv." >&2; return 1; }
    root="$(mktemp -d)"
    libraries=libssl3,libffi8,libsqlite3-0,libbz2-1.0,liblzma5,libreadline8,zlib1g,ca-certificates
    debootstrap --variant=minbase --include="$libraries" bookworm "$root" >/dev/null
    cp -a "$home/." "$root/usr/local/"
    rm -rf "$root"/usr/local/lib/python3.13/test "$root"/var/cache/apt/archives/*.deb
    chroot "$root" ldconfig
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    [ ! -f /etc/pip.conf ] || cp /etc/pip.conf "$root/etc/pip.conf"
    container="$(buildah from scratch)"
    buildah add -q "$container" "$root" / >/dev/null
    buildah config --env PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin \
        --cmd python3 "$container"
    buildah commit -q --rm "$container" "$BASE" >/dev/null
    rm -rf "$root"
}

build() {
    local pinned
    exec 9>/tmp/starterkit-image.lock && flock 9 # one builds, the others find its layers
    pinned="$(sed -n 's/^FROM \(.*\) AS base$/\1/p' Dockerfile)"
    buildah inspect --type image "$BASE" >/dev/null 2>&1 || make_base
    buildah bud --quiet --pull-never --network host --layers --force-rm --format docker \
        --build-context "$pinned=container-image://$BASE" --tag localhost/starterkit-example . >/dev/null
}

case "${1:-}" in
    install) install_tools ;;
    build) build ;;
    *) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" && exit 2 ;;
esac
