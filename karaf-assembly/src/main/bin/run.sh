# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

# Sourced by the programs. Finds the distribution and Java, and a class archive made for exactly these two: it lies in
# the user's cache folder, is made in the background at the first use, and left out where that folder is not writable.
#
# In: $1 = name of the program, $program_main = its main class, $program_jvm = its options for Java.

program=$1
shift

here=${BASH_SOURCE[0]%/*}
[[ $here == /* ]] || here=$PWD/$here
start_folder=$PWD
cd -P -- "$here/../.." || exit 1
home=$PWD
cd -- "$start_folder" || exit 1

if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
    java=$JAVA_HOME/bin/java
elif hash java 2>/dev/null; then
    java=${BASH_CMDS[java]}
else
    echo "$program: no Java found: install a JDK 17 or newer, or set JAVA_HOME" >&2
    exit 1
fi
[ -L "$java" ] && java=$(readlink -f -- "$java")

release=
{ read -r -d '' release <"${java%/bin/java}/release"; } 2>/dev/null || true
if [[ $release =~ JAVA_VERSION=\"([0-9]+) ]] && ((BASH_REMATCH[1] < 17)); then
    echo "$program: $java is Java ${BASH_REMATCH[1]}: install a JDK 17 or newer, or set JAVA_HOME to one" >&2
    exit 1
fi
read -r stamp <"$home/lib/programs/stamp"
read -r hash _ < <(printf '%s\n' "$home" "$java" "$release" "$stamp" | cksum)
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/pinion/$hash
archive=$cache/$program.jsa
command=("$java")
link=$cache/bin/$program

# What the program asks for, and after it the user, comes last and wins.
program_jvm=(-XX:-UsePerfData -Xlog:disable -Xlog:all=error:stderr "${program_jvm[@]}"
    -Dpinion.home="$home" -Dpinion.cache="$cache" -cp "$home/lib/programs/$program.jar")

# A link named like the program gives the process its name.
if [ -x "$link" ] || { mkdir -p "$cache/bin" && ln -sf "$java" "$link"; } 2>/dev/null; then
    command=("$link")
fi

if [ "$archive" -nt "$home/lib/programs/stamp" ]; then
    program_jvm+=(-XX:SharedArchiveFile="$archive")
elif [ -n "${PINION_TRAINING:-}" ]; then
    # This is the run that makes the archive.
    program_jvm+=(-XX:ArchiveClassesAtExit="$PINION_TRAINING")
elif mkdir "$cache/$program.lock" 2>/dev/null; then
    (
        trap 'rm -rf "$cache/$program.lock"' EXIT
        PINION_TRAINING=$cache/$program.lock/jsa PINION_TRAINING_DIR=$cache/$program.lock/dir \
            nice "$home/bin/$program" "${program_training[@]}"
        # The bundles it installed, for the first start of new peers.
        data=$cache/$program.lock/dir/pinion/karaf/data
        if [ -e "$data/booted" ]; then
            rm -rf "$cache/karaf"
            mv "$data" "$cache/karaf"
        fi
        mv -f "$cache/$program.lock/jsa" "$archive"
        # What earlier builds in the same place left behind.
        printf '%s\n' "$home" >"$cache/home"
        for old in "${cache%/*}"/*/home; do
            if [ "$old" != "$cache/home" ] && [ "$(<"$old")" = "$home" ]; then
                rm -rf "${old%/home}"
            fi
        done
    ) </dev/null >/dev/null 2>&1 &
    # With PINION_WAIT_FOR_ARCHIVE the build makes the archive first.
    [ -z "${PINION_WAIT_FOR_ARCHIVE:-}" ] || wait
elif [ -n "$(find "$cache/$program.lock" -maxdepth 0 -mmin +5 2>/dev/null)" ]; then
    # Its maker was killed; the next start tries again.
    rm -rf "$cache/$program.lock" 2>/dev/null
fi

exec "${command[@]}" "${program_jvm[@]}" "$program_main" "$@"
