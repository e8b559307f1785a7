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
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT

cd "$clone"
node scripts/build.cjs --javascript
npm pack --ignore-scripts --silent --pack-destination "$packed" >/dev/null
tar -xzf "$packed"/k8sta-*.tgz -C "$folder" --strip-components=1

# The versions that the tests ran with. cdk8s is what networks are written with, not what runs them.
cp package-lock.json "$folder"
cd "$folder"
npm ci --omit=dev --omit=peer --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error

# What only compilers and debuggers read is half of all that.
find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -exec rm -f {} +
rm package-lock.json
