#!/usr/bin/env bash
# A dataset by Slurm: six job arrays, in which each task begins when the task of its number before it is done, then pack.
#
#   bash docs/slurm.sh PEOPLE TASKS [options of sbatch, as --account=lab --time=04:00:00]
#
# Run it where the dataset is to be; run it again after anything went wrong: what is done is skipped. A task that is
# preempted, or has a minute left (exit code 138), stops between whole files and is queued again.
set -euo pipefail
people=$1 tasks=$2
shift 2
gpu=${GPU---gpus-per-task=1 --ntasks=1} # one GPU a task; GPU= for none, which is what the default engines need
seed=${SEED:-0} size=${SIZE:-512}
mkdir -p lists logs

# A task of one stage. It reads the shards that the task of its number has made before, and lists those that it makes.
task() {
  cat <<JOB
#!/usr/bin/env bash
t=\$SLURM_ARRAY_TASK_ID
trap 'kill -USR1 \$!' USR1
trap 'kill -TERM \$!' TERM
$1 < ${2:-/dev/null} > lists/$3.\$t &
wait \$!; code=\$?
while kill -0 \$! 2>/dev/null; do wait \$!; code=\$?; done
[ \$code != 138 ] || scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\$t"
exit \$code
JOB
}

options=(--parsable --requeue --open-mode=append --signal=B:USR1@60 "--array=0-$((tasks - 1))" --output=logs/%x.%a)
before= input=
while read -r folder line; do
  # shellcheck disable=SC2086
  before=$(task "painctl $line -o $folder" "$input" "$folder" |
    sbatch "${options[@]}" ${before:+--dependency=aftercorr:$before} --job-name="$folder" $gpu "$@")
  input=lists/$folder.\$t
  echo "$folder: job $before"
done <<STAGES
ids sample-ids -n $people --seed $seed --shard-size $(((people + tasks - 1) / tasks))
depth render-depth --size $size
portraits synth-neutral
textures texture ${TEXTURE:-}
faces rig ${RIG:-}
frames render-views --size $size ${VIEWS:-}
STAGES
sbatch --parsable --job-name=pack --output=logs/pack "--dependency=afterok:$before" "$@" \
  --wrap 'cat lists/frames.* | painctl pack -o dataset.h5'
