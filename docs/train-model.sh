#!/usr/bin/env bash
# Train the model that comes with painctl: `bash docs/train-model.sh FOLDER [VERSION]`.
#
# Makes the training people in FOLDER, trains the model on them (FOLDER/model), and writes the form that is shipped
# (FOLDER/shipped). The training alone took 25 minutes on one busy core. Rerun it to resume after an interruption: what
# is finished is skipped. The seeds are those of the shipped model; its card says how it was tested.
set -euo pipefail
folder=${1:?usage: train-model.sh FOLDER [VERSION]} version=${2:-0.1}
mkdir -p "$folder"
cd "$folder"

# seed, then options of rig and of render-views: 40 people with 8 expressions in 2 views
people() {
  [ -e "$1.h5" ] || painctl sample-ids -n 40 --seed "$1" | painctl texture --size 512 |
    painctl rig -k 8 --other natural --prior "$2" | painctl render-views --size 192 "${@:3}" -o "$1.h5"
}
plain=(--yaw 0,20 --jitter 3) varied=(--yaw 0,30 --jitter 4 --camera varied)
people 931001 uniform "${plain[@]}" &
people 931002 uniform "${plain[@]}"
people 932001 uniform "${varied[@]}" --occluders none &
people 932002 natural "${varied[@]}" --occluders natural
wait
[ -e dataset.h5 ] || painctl pack --mix --split 90,10,0 931001.h5 931002.h5 932001.h5 932002.h5 -o dataset.h5
OMP_NUM_THREADS=1 painctl pretrain dataset.h5 --backbone hybrid --epochs 36 --reference-dropout 0.2 -o model
python -m painctl.vitpain.shipping model --version "$version" -o shipped
