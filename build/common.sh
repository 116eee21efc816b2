# Shared by ./quickstart and ./check; sourced, with ROOT set to the repository's root.
# shellcheck shell=bash

# The project's version: the first <version> of the root POM is its own.
project_version() { sed -n 's:.*<version>\(.*\)</version>.*:\1:p' "$ROOT/pom.xml" | head -n 1; }

# Where kernels are cached; the same order as in the product.
cache_dir() { printf '%s' "${KTSTR_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ktstr}"; }

# The local Maven repository: what the arguments say, or the default.
local_repository() {
    local arg dir=$HOME/.m2/repository
    for arg in "$@"; do
        [[ $arg == -Dmaven.repo.local=* ]] && dir=${arg#*=}
    done
    printf '%s' "$dir"
}

# Whether a kernel needs to be fetched: none is named, by environment or arguments, and none is cached.
kernel_is_missing() {
    local arg
    [[ -z ${KTSTR_KERNEL:-} ]] || return 1
    for arg in "$@"; do
        [[ $arg == -Dktstr.kernel=* ]] && return 1
    done
    ! compgen -G "$(cache_dir)/kernels/*/metadata.json" >/dev/null
}

# Everything a command starts is in one process group, so that an interrupt takes all of it down and nothing else.
set -m
running=

stop_running() {
    [[ -n $running ]] || return 0
    kill -TERM -- "-$running" 2>/dev/null || return 0
    local i
    for ((i = 0; i < 100; i++)); do
        kill -0 -- "-$running" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL -- "-$running" 2>/dev/null || true
}

interrupted() {
    trap '' INT TERM HUP
    stop_running
    printf '\nInterrupted.\n' >&2
    exit 130
}
trap interrupted INT TERM HUP
trap stop_running EXIT

# run COMMAND…: runs it in a process group of its own and returns its status.
run() {
    local status=0
    "$@" </dev/null &
    running=$!
    wait "$running" || status=$?
    running=
    return "$status"
}
