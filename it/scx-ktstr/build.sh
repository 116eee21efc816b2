#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds target/scx-ktstr: the BPF program with clang, and around it the loader. Maven runs it; so may you.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly SRC=src/main/c OUT=target
readonly WARN=(-std=gnu11 -Wall -Wextra -Werror)
# Words of flags, by pkg-config's own rules.
read -ra cflags <<<"$(pkg-config --cflags libbpf)"
read -ra libs <<<"$(pkg-config --libs libbpf)"
read -ra own_cflags <<<"${CFLAGS:--O2 -g}"

# Nothing to do when the program is newer than all it is made of.
if [[ -x $OUT/scx-ktstr && -z $(find "$SRC" build.sh -newer "$OUT/scx-ktstr" -print -quit) ]]; then
    exit 0
fi
mkdir -p "$OUT"
# BPF_PROG() hands the context to every program, and a callback need not use all of its arguments.
"${CLANG:-clang-19}" -target bpf -mcpu=v3 -O2 -g "${WARN[@]}" -Wno-unused-parameter "${cflags[@]}" \
    -c "$SRC/scx_ktstr.bpf.c" -o "$OUT/scx_ktstr.bpf.o"
"${CC:-gcc}" "${own_cflags[@]}" "${WARN[@]}" "${cflags[@]}" -DBPF_OBJECT="\"$OUT/scx_ktstr.bpf.o\"" \
    -o "$OUT/scx-ktstr.new" "$SRC/scx_ktstr.c" "$SRC/bpf_object.S" "${libs[@]}"
mv "$OUT/scx-ktstr.new" "$OUT/scx-ktstr"
