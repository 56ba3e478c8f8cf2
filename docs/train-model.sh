#!/usr/bin/env bash
# Train the model that comes with painctl: `bash docs/train-model.sh FOLDER [VERSION]`.
#
# Makes 700 training people in FOLDER, trains the model on them in three steps, from plain faces to hard ones, and writes
# the form that is shipped (FOLDER/shipped). Rerun it to resume after an interruption: what is finished is skipped, and
# trainings are saved every few minutes. The seeds are those of the shipped model; its card says how it was tested.
set -euo pipefail
folder=${1:?usage: train-model.sh FOLDER [VERSION]} version=${2:-0.2}
mkdir -p "$folder"
cd "$folder"

# seed, then options of rig and of render-views: 50 people with 5 expressions and a neutral face, in 2 views
people() {
  [ -e "$1.h5" ] || painctl sample-ids -n 50 --seed "$1" | painctl texture --size 512 |
    painctl rig -k 5 --other "$2" --prior "$3" | painctl render-views --size 192 "${@:4}" -o "$1.h5"
}
pain_alone() {
  for seed in 960001 960002 960003 960004; do
    people "$seed" none uniform --yaw 0,30 --jitter 4
  done
}
with_other_actions() {
  for seed in 950001 950002 950003 950005 950006; do
    people "$seed" natural uniform --yaw 0,20 --jitter 3
  done
}
in_the_wild() {
  for seed in 950011 950012 950013 950015 950016; do
    people "$seed" natural natural --yaw 0,30 --jitter 4 --camera varied --occluders natural
  done
}
# output, patterns of the people's files, then options of pretrain
train() {
  [ -e "$1.h5" ] || painctl pack --mix --split 92,8,0 $2 -o "$1.h5"
  OMP_NUM_THREADS=1 painctl pretrain "$1.h5" "${@:3}" -o "$1"
}
{ pain_alone; with_other_actions; } &
in_the_wild
wait $!
train base '96000?.h5' --backbone hybrid --epochs 26
train plain '95000?.h5 96000?.h5' --init-from base --epochs 14 --reference-dropout 0.15
train model '9500??.h5 96000?.h5' --init-from plain --epochs 4 --learning-rate 5e-4 --reference-dropout 0.15
python -m painctl.vitpain.shipping model --version "$version" -o shipped
