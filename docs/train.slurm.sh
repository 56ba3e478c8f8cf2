#!/usr/bin/env bash
# A model that is trained on several nodes at once, by a torchrun a node; every GPU of theirs has a share of a batch.
#
#   sbatch --nodes=2 --gpus-per-node=4 --time=08:00:00 docs/train.slurm.sh dataset.h5 --backbone L -o vitpain
#
# A training that was killed, preempted or ran out of time goes on from OUTPUT.partial, which must be where all nodes see
# it: two minutes before the time is up the job is queued again. On another number of GPUs it is refused, by name, since
# sums would not come out to the same bits. PROCESSES is the number a node, where that is not the number of its GPUs.
#SBATCH --job-name=pretrain
#SBATCH --ntasks-per-node=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
#SBATCH --output=%x.%j.log
set -euo pipefail
trap 'scontrol requeue "$SLURM_JOB_ID"' USR1

first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
srun torchrun --nnodes="$SLURM_NTASKS" --nproc-per-node="${PROCESSES:-${SLURM_GPUS_ON_NODE:-1}}" \
  --rdzv-backend=c10d --rdzv-id="$SLURM_JOB_ID.${SLURM_RESTART_COUNT:-0}" \
  --rdzv-endpoint="$first:$((20000 + SLURM_JOB_ID % 10000))" -m painctl pretrain "$@" &
# the signal ends the first `wait`, not what it waits for
wait $! && code=0 || code=$?
while kill -0 $! 2> /dev/null; do wait $! && code=0 || code=$?; done
exit "$code"
