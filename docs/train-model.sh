#!/usr/bin/env bash
# Train the model that comes with painctl: `bash docs/train-model.sh FOLDER [VERSION]`.
#
# Makes 500 training people in FOLDER, trains the model on them (FOLDER/model), and writes the form that is shipped
# (FOLDER/shipped). Rerun it to resume after an interruption: what is finished is skipped, and the training is saved
# every few minutes. The seeds are those of the shipped model; its card says how it was tested, and how long it took.
set -euo pipefail
folder=${1:?usage: train-model.sh FOLDER [VERSION]} version=${2:-0.2}
mkdir -p "$folder"
cd "$folder"

# seed, then options of rig and of render-views: 50 people with 5 expressions and a neutral face, in 2 views
people() {
  [ -e "$1.h5" ] || painctl sample-ids -n 50 --seed "$1" | painctl texture --size 512 |
    painctl rig -k 5 --other natural --prior "$2" | painctl render-views --size 192 "${@:3}" -o "$1.h5"
}
plain() {
  for seed in 950001 950002 950003 950005 950006; do
    people "$seed" uniform --yaw 0,20 --jitter 3
  done
}
varied() {
  for seed in 950011 950012 950013 950015 950016; do
    people "$seed" natural --yaw 0,30 --jitter 4 --camera varied --occluders natural
  done
}
plain &
varied
wait $!
[ -e dataset.h5 ] || painctl pack --mix --split 92,8,0 9500??.h5 -o dataset.h5
OMP_NUM_THREADS=1 painctl pretrain dataset.h5 --backbone hybrid --epochs 32 --reference-dropout 0.2 -o model
python -m painctl.vitpain.shipping model --version "$version" -o shipped
