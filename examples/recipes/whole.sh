#!/bin/sh
# The whole way in five commands, from a log to ranked requests: train, predict, calibrate, tune, rank.
#
#   examples/recipes/whole.sh FOLDER      where the model and the files go; it must exist
set -eu
here=$(dirname "$0")/../..
out=${1:?usage: examples/recipes/whole.sh FOLDER}
log=$here/examples/data/kuairand-log.tsv.gz
labels=p_click=is_click,p_long_view=long_view,p_profile_enter=is_profile_enter,p_comment=is_comment
columns=is_click,long_view,is_profile_enter,is_comment

"$here/scripts/steelyard" train mtml --data "$log" --config "$here/examples/data/mtml.json" --out "$out/model"
"$here/scripts/steelyard" predict --model "$out/model" --data "$log" --where label=1 --where 'date>=20220415' \
  --keep "user_id,date,video_id,$columns" --out "$out/predictions.csv"
"$here/scripts/steelyard" calibrate fit --data "$out/predictions.csv" --labels "$labels" --cluster user_id \
  --out "$out/calibrated.json"
"$here/scripts/steelyard" tune --data "$out/predictions.csv" --group user_id,date --vm "$out/calibrated.json" \
  --objective ndcg-gap --k 10 \
  --target p_click=0.4,p_long_view=0.4,p_profile_enter=0.15,p_comment=0.05 --out "$out/vm.json"
"$here/scripts/steelyard" rank --data "$out/predictions.csv" --group user_id,date --vm "$out/vm.json" --k 10 \
  --out "$out/ranked.csv"
