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
# The very packages that the tests ran with. cdk8s is what networks are written with, not what runs them; what is only for
# other platforms is in the lock file, and not in the clone.
npm ls --package-lock-only --all --omit=dev --omit=peer --parseable >"$packed/packages"
sed -n "s|^$clone/node_modules/|node_modules/|p" "$packed/packages" | while read -r package; do
  if [ -d "$package" ]; then echo "$package"; fi
done >"$packed/installed"

# What only compilers and debuggers read is half of all that.
tar -cf - -T "$packed/installed" | tar -xf - -C "$folder"
tar -xzf "$packed"/k8sta-*.tgz -C "$folder" --strip-components=1
find "$folder" -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
