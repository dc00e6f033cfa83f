#!/bin/sh
# fetch_sets.sh: the public sets that collaborative filtering is measured on, fetched with git from
# the public repositories that keep them, checked, and laid out for sy.collaborative.read.
# See --help.
set -u

usage() {
  cat <<'TEXT'
usage: scripts/benchmark/fetch_sets.sh FOLDER [SET...]      (all sets, where none is named)

  set          users   items   pairs      bytes      what, and where it is kept
  ml-1m-3       6,039   3,628    836,478   3,586,648  MovieLens 1M, ratings of 3 and more
                                                      geon0325/LightGCNpp  data/ml-1m
  ml-1m         6,040   3,706  1,000,209   4,788,008  MovieLens 1M, all ratings
                                                      NoConst/MulSetRank  data/ml-1m
  gowalla      29,858  40,981  1,027,370   6,174,011  places where people checked in
                                                      geon0325/LightGCNpp  data/gowalla
  citeulike     7,947  25,584    134,860     790,353  articles that people keep
                                                      NoConst/MulSetRank  data/citeulike
  citeulike-10  5,551  16,980    210,504   2,515,737  the same, of people with 10 or more
                                                      geon0325/LightGCNpp  SELFRec/dataset/citeulike
  lastfm        1,892  17,632     92,834     437,217  artists that people listen to, 50 a person
                                                      NoConst/MulSetRank  data/lastfm-2k
  ncf           6,040                      3,019,463  MovieLens 1M: the last film of each user, and 99
                                                      films not seen
                                                      hexiangnan/neural_collaborative_filtering  Data

Writes FOLDER/SET/* as they are kept and, but for ncf, FOLDER/SET.txt with all of a set: a user and
items a line (citeulike-10: a user, an item and a 1), a user's items in several lines.

  local cf = require("steelyard").collaborative
  local ratings = assert(cf.read("FOLDER/ml-1m-3.txt", { numbering = "number" }))

Needs git 2.25 and sha256sum (or shasum), and fetches little more than the files themselves. A set
that is there and whole is left alone. STEELYARD_SETS_FROM names another place than
https://github.com, with the same owner/name below it: a mirror, or file:///... of one.

What may be done with them: use them for research, name their makers, and do not pass them on.
  MovieLens   GroupLens forbids passing it on without permission, and commercial use. F. M. Harper
              and J. A. Konstan, The MovieLens Datasets, ACM TiiS 5(4), 2015.
  Gowalla     E. Cho, S. A. Myers and J. Leskovec, Friendship and Mobility, KDD 2011 (SNAP).
  CiteULike   C. Wang and D. M. Blei, Collaborative Topic Modeling, KDD 2011.
  Last.fm     I. Cantador, P. Brusilovsky and T. Kuflik, HetRec 2011; Last.fm's terms: no commerce.
The repositories of the first six sets have no licence file; NCF's is Apache-2.0 (its code; the
films are MovieLens's).
TEXT
}

case "${1:-}" in
  -h | --help) usage && exit 0 ;;
  '' | -*) usage >&2 && exit 2 ;;
esac

SETS='ml-1m-3 ml-1m gowalla citeulike citeulike-10 lastfm ncf'
LIGHTGCN='geon0325/LightGCNpp a394f79a7aceb8f485f6bcb549b4865fe83f1d49'
MULSETRANK='NoConst/MulSetRank 4016c6315257ea090fbc07adb1bea56348c488d0'
NCF='hexiangnan/neural_collaborative_filtering 4aab159e81c44b062c091bdaed0ab54ac632371f'

# The files of a set: repository, commit, path, sha256.
files() {
  case $1 in
    ml-1m-3)
      echo "$LIGHTGCN data/ml-1m/train.txt dfa3a7a866feade29ca5722ac0423c1b0317ac1f6ad38a55fc1a7ceeb9cee3bb"
      echo "$LIGHTGCN data/ml-1m/valid.txt 429fe0d750b304677898d7eeb1080764bbf06550b94c9508b8cc8cd0573e3dfc"
      echo "$LIGHTGCN data/ml-1m/test.txt 0d58f78bbf606f401aec2efe3f519b945c458c8398955f986e03b880fbbd16a6"
      ;;
    ml-1m)
      echo "$MULSETRANK data/ml-1m/train.txt f9fc731a00855491260639414b1976cd11803d76373d3a348dc70c7d42c91171"
      echo "$MULSETRANK data/ml-1m/test.txt f7b9d4405241a63665be65ce435ef938f59c8f90a501eacf63faf9ac748b612b"
      ;;
    gowalla)
      echo "$LIGHTGCN data/gowalla/train.txt d47e01d060624f389956c0b2f89a1ed8c453ea158631cd2b5320c241f3e1a073"
      echo "$LIGHTGCN data/gowalla/valid.txt ddc22c1cd9a7d14fd5cd0c98b1473b614f4323038fef74ae0d28cc9c92a08ba2"
      echo "$LIGHTGCN data/gowalla/test.txt 099a2a73924e4b754dc6efd730d764f492321b53c38eb93298850c83acf57be3"
      ;;
    citeulike)
      echo "$MULSETRANK data/citeulike/data.txt ab4037eae4c53c53cf7cbd53af9a6befaf5abc9a7877c1c31b6943e90fce01b5"
      ;;
    citeulike-10)
      echo "$LIGHTGCN SELFRec/dataset/citeulike/train.txt c2e748352773ace972336efdd55f5c3e9d838bd252b86e3e77fb112ca5f71755"
      echo "$LIGHTGCN SELFRec/dataset/citeulike/valid.txt 6648f654450854857967e1251b8322741e5279e94e62e7be5d816774599ed80a"
      echo "$LIGHTGCN SELFRec/dataset/citeulike/test.txt c7eb14f9d808d64ba633aefceb7571790d3e5490462e5413cf93055ca77d1904"
      ;;
    lastfm)
      echo "$MULSETRANK data/lastfm-2k/data.txt b01ee2a9ad5f4781349593cf59b9c2e856a86c3db34702bc134691e461ca142f"
      ;;
    ncf)
      echo "$NCF Data/ml-1m.test.rating 231ae11eb060b643a8c58c063cd17ffc743b54f569afb073d1abb6cf126b88b5"
      echo "$NCF Data/ml-1m.test.negative 127853228a76b7d21c0481e8ef8d00dd009cd5c88670dbdd9e9debfdb9f93de4"
      ;;
    *) return 1 ;;
  esac
}

fail() { # message
  echo "fetch_sets: $1" >&2
  exit 1
}

sum() { # file
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <"$1"
  else
    shasum -a 256 <"$1"
  fi | cut -d' ' -f1
}

folder=$1
shift
for set in "$@"; do
  files "$set" >/dev/null || fail "no set '$set': $SETS"
done
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $SETS

export GIT_TERMINAL_PROMPT=0 # a repository that is gone is an error, not a question
from=${STEELYARD_SETS_FROM:-https://github.com}
mkdir -p "$folder" || exit 1
scratch=$(mktemp -d "$folder/.fetch.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# A clone without files: git fetches those that are asked for.
clone() { # owner/name, folder
  [ -d "$2" ] && return
  echo "  git clone $from/$1"
  git clone --quiet --bare --filter=blob:none "$from/$1" "$2" || fail "cannot clone $from/$1"
}

fetch() { # repository, commit, path, sha256, file
  [ -f "$5" ] && [ "$(sum "$5")" = "$4" ] && return
  clone "$1" "$scratch/${1#*/}"
  git --git-dir="$scratch/${1#*/}" show "$2:$3" >"$scratch/file" ||
    fail "$1 has no $3 at commit $2"
  [ "$(sum "$scratch/file")" = "$4" ] || fail "$3 of $1 is not the file that is meant (sha256)"
  mv "$scratch/file" "$5" || exit 1
}

for set in "$@"; do
  echo "$set"
  mkdir -p "$folder/$set" || exit 1
  files "$set" >"$scratch/list"
  : >"$scratch/whole"
  while read -r repository commit path digest; do
    file=$folder/$set/${path##*/}
    fetch "$repository" "$commit" "$path" "$digest" "$file" </dev/null
    # One line feed after each file, and no carriage returns.
    awk '{ sub(/\r$/, ""); print }' "$file" >>"$scratch/whole"
  done <"$scratch/list"
  [ "$set" = ncf ] || mv "$scratch/whole" "$folder/$set.txt" || exit 1
done
