#!/usr/bin/env bash
# Train the models that come with painctl: `bash docs/train-model.sh FOLDER [VERSION]`.
#
# Makes 1,700 people in FOLDER, trains the aligner on 400 of them, the face encoder on 500, and the pain model on all,
# first on plain faces, then on all, and writes the forms that are shipped (aligner.safetensors, encoder.safetensors and
# shipped/). The pain model is trained on faces that were straightened by the aligner that comes with painctl. Rerun the
# script to resume after an interruption: what is finished is skipped, and trainings are saved every minute. The seeds
# are those of the shipped models; the card says how they were tested.
set -euo pipefail
folder=${1:?usage: train-model.sh FOLDER [VERSION]} version=${2:-0.5}
mkdir -p "$folder"
cd "$folder"

# seed, then options of rig and of render-views: 50 people with 5 expressions and a neutral face
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
  for seed in 970001 970002 970003 970004 970005 970006; do
    people "$seed" natural uniform --yaw 0,30 --jitter 6
  done
}
smiling() {
  for seed in 971001 971002 971003 971004; do
    people "$seed" smile=1,laugh=0.8,smile=0.7,brows-up=0.8,smile=0.4,speech-ee=0.8,laugh=1 uniform \
      --yaw 0,25 --jitter 4
  done
}
in_the_wild() {
  for seed in 950011 950012 950013 950015 950016; do
    people "$seed" natural natural --yaw 0,30 --jitter 4 --camera varied --occluders natural
  done
  for seed in 972001 972002 972003 972004; do
    people "$seed" natural natural --yaw 0,30 --jitter 4 --camera varied --occluders natural
  done
  for seed in 973001 973002; do
    people "$seed" natural natural --yaw 0,30,60 --jitter 12 --camera varied --occluders natural
  done
}
# seed, other actions, then options of render-views: faces that do much else and are hardly in pain
calm() {
  [ -e "$1.h5" ] || painctl sample-ids -n 50 --seed "$1" | painctl texture --size 512 |
    painctl rig -k 5 --pspi 0:3 --pspi-weights 5,1,1,1 --other "$2" |
    painctl render-views --size 192 --yaw 0,30 --jitter 5 "${@:3}" -o "$1.h5"
}
hardly_in_pain() {
  calm 975001 smile=1,laugh=1,smile=0.5,brows-up=0.8,speech-ah=0.8
  calm 975002 laugh=0.8,smile=0.8,press=0.8,pucker=0.8,smile=0.3
  calm 975003 smile=1,laugh=0.7,corners-down=0.8,worried=0.8,jaw-drop=0.8 --camera varied --occluders natural
  calm 975004 smile=0.7,laugh=1,chin-up=0.8,wide=0.8,stretch=0.8 --camera varied --occluders natural
}
# output, then patterns of the people's files
mix() {
  [ -e "$1.h5" ] || painctl pack --mix --split 92,8,0 "${@:2}" -o "$1.h5"
}
{ pain_alone; with_other_actions; } &
{ smiling; in_the_wild; hardly_in_pain; }
wait $!
export OMP_NUM_THREADS=1
mix landmarks 97000[456].h5 971004.h5 97200[34].h5 97300?.h5
painctl align-train landmarks.h5 --epochs 30 -o aligner.safetensors
mix people 96000[12].h5 95000[12].h5 97100[12].h5 95001[12].h5 97500[12].h5
painctl likeness-train people.h5 --epochs 12 -o encoder.safetensors
mix plain 95000?.h5 96000?.h5 97000[1-4].h5 97100?.h5
painctl pretrain plain.h5 --backbone hybrid --epochs 10 --reference-dropout 0.15 -o plain
mix all 9?????.h5
painctl pretrain all.h5 --init-from plain --epochs 5 --learning-rate 5e-4 --reference-dropout 0.15 -o model
python -m painctl.vitpain.shipping model --version "$version" -o shipped
