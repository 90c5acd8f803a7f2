#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build-fftw.sh PREFIX: single-precision FFTW from Debian's own source package, with every vector unit its code knows
# (Debian's binary stops at AVX), installed into PREFIX as a static library. Then:
#   cmake --preset release -DSONO_FFTW_ROOT=PREFIX
# Optional: Sonobrush is complete without. The system's package sources stay as they are. Takes a few minutes.
set -euo pipefail

if [ $# -ne 1 ]; then
    echo "usage: build-fftw.sh PREFIX" >&2
    exit 2
fi
mkdir -p "$1"
prefix=$(cd "$1" && pwd)
for tool in apt-get gcc make tar patch; do
    command -v $tool >/dev/null || {
        echo "build-fftw.sh: $tool is missing (apt-get install --no-install-recommends gcc libc6-dev make patch)" >&2
        exit 1
    }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=/dev/null
. /etc/os-release
mkdir -p "$work/lists/partial" "$work/source"
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian ${VERSION_CODENAME:?} main" \
    > "$work/sources.list"
chmod -R a+rX "$work"
apt=(apt-get -q -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::State::Lists="$work/lists" -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache= -o APT::Sandbox::User=root)
if ! "${apt[@]}" update || ! (cd "$work/source" && "${apt[@]}" source --download-only fftw3); then
    echo "build-fftw.sh: Debian's source package fftw3 cannot be fetched from here; build FFTW elsewhere" \
        "(--enable-float) and give its prefix as SONO_FFTW_ROOT" >&2
    exit 1
fi

# apt has checked the signatures; unpack the upstream tarball and Debian's patches over it
cd "$work/source"
tar -xf fftw3_*.orig.tar.*
cd fftw-3*/
tar -xf ../fftw3_*.debian.tar.*
if [ -f debian/patches/series ]; then
    while read -r patch _; do
        case $patch in '' | '#'*) continue ;; esac
        patch -s -p1 < "debian/patches/$patch"
    done < debian/patches/series
fi

case $(uname -m) in
    x86_64) vectors=(--enable-sse2 --enable-avx --enable-avx2 --enable-avx512) ;;
    aarch64) vectors=(--enable-neon) ;;
    *) vectors=() ;;
esac
./configure --quiet --prefix="$prefix" --enable-float "${vectors[@]}" --enable-static --disable-shared --with-pic \
    --disable-fortran --disable-doc CFLAGS="-O3 -fomit-frame-pointer -fstrict-aliasing"
make -s -j "${JOBS:-$(nproc)}" >/dev/null
make -s install >/dev/null
echo "FFTW is in $prefix: configure with -DSONO_FFTW_ROOT=$prefix"
