#!/bin/sh
# Installs k8sta with what it needs at run time, and nothing else, into a folder.
#
#   sh container/install.sh <clone> <folder>
#
# The clone has its dependencies installed; the folder is made, and must not hold anything yet.
set -eu
clone=$(cd "$1" && pwd)
mkdir -p "$2"
folder=$(cd "$2" && pwd)
if [ -n "$(ls -A "$folder")" ]; then
  echo "$folder is not empty: name a new folder" >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$clone"
node scripts/build.cjs --javascript
# The very packages that the tests ran with. cdk8s is what networks are written with, not what runs them; what is only for
# other platforms is in the lock file, and not in the clone.
npm ls --package-lock-only --all --omit=dev --omit=peer --parseable >"$work/packages"
{
  printf '%s\n' package.json LICENSE README.md dist
  sed -n "s|^$clone/node_modules/|node_modules/|p" "$work/packages" | while read -r package; do
    if [ -d "$package" ]; then echo "$package"; fi
  done
} >"$work/files"

# What only compilers and debuggers read is half of all that.
tar -cf - --exclude='*.d.ts' --exclude='*.d.mts' --exclude='*.d.cts' --exclude='*.map' -T "$work/files" |
  tar -xf - -C "$folder"
