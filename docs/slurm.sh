#!/usr/bin/env bash
# Make a dataset with Slurm: six chained job arrays, then pack. A task starts when the task with the same index in the
# previous array has finished.
#
#   bash docs/slurm.sh PEOPLE TASKS [sbatch options, such as --account=lab --time=04:00:00]
#   bash docs/slurm.sh requeue JOB_TASK    # a cancelled or killed task, with the tasks that depend on it
#   bash docs/slurm.sh requeue JOB         # the same for pack
#
# Run it in the folder that is to hold the dataset. If anything went wrong, run it again: finished shards are skipped.
# A task that is preempted, or has one minute left (exit code 138), stops between whole files and is requeued. If a
# stage fails for some people, the others are still made: failures are listed in logs/ and in the dataset's failures
# table, and the pack job exits with 3 instead of 0.
# The variables SEED, SIZE, PORTRAITS, TEXTURE, RIG and VIEWS set options of the stages; GPU sets the sbatch options
# that request a GPU.
set -euo pipefail

# When a task fails, Slurm abandons the tasks that depend on it, and does not reverse that when the task is requeued.
requeue() {
  local job=${1%_*} task=
  case $1 in *_*) task=_${1#*_} ;; esac
  scontrol requeue "$1"
  awk -v job="$job" 'before == job { print $2, $3 } { before = $2 }' lists/jobs | while read -r next dependency; do
    case $dependency in afterok:*) task= ;; esac
    scontrol update "JobId=$next$task" "Dependency=$dependency"
  done
}
if [ "$1" = requeue ]; then
  requeue "$2"
  exit
fi

people=$1 tasks=$2
shift 2
gpu=${GPU---gpus-per-task=1 --ntasks=1} # one GPU per task; GPU= for none, which is all that the default engines need
seed=${SEED:-0} size=${SIZE:-512}
mkdir -p lists logs
rm -f lists/some-failed.* lists/jobs

# The batch script of one stage: its task reads the list of shards from the task with the same index of the
# previous stage, and writes a list of its own shards.
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
if [ \$code = 3 ] && [ "\$(wc -l < ${2:-/dev/null})" = "\$(wc -l < lists/$3.\$t)" ]; then
  touch lists/some-failed.$3.\$t # some people failed, but no whole shard: let the others continue
  code=0
fi
exit \$code
JOB
}

options=(--parsable --requeue --open-mode=append --signal=B:USR1@60 "--array=0-$((tasks - 1))" --output=logs/%x.%a)
before= input=
while read -r folder line; do
  # shellcheck disable=SC2086
  job=$(task "painctl $line -o $folder" "$input" "$folder" |
    sbatch "${options[@]}" ${before:+--dependency=aftercorr:$before} --job-name="$folder" $gpu "$@")
  echo "$folder $job ${before:+aftercorr:$before}" >> lists/jobs
  before=$job input=lists/$folder.\$t
  echo "$folder: job $job"
done <<STAGES
ids sample-ids -n $people --seed $seed --shard-size $(((people + tasks - 1) / tasks))
depth render-depth --size $size
portraits synth-neutral ${PORTRAITS:-}
textures texture ${TEXTURE:-}
faces rig ${RIG:-}
frames render-views --size $size ${VIEWS:-}
STAGES

made='' every=afterok
for ((t = 0; t < tasks; t++)); do
  made+=" lists/frames.$t" every+=:${before}_$t
done
job=$(sbatch --parsable --requeue --job-name=pack --output=logs/pack --open-mode=append "--dependency=$every" "$@" \
  --wrap "cat $made | painctl pack -o dataset.h5 || exit; ! ls lists/some-failed.* 2> /dev/null || exit 3")
echo "pack $job $every" >> lists/jobs
echo "pack: job $job"
