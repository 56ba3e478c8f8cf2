#!/usr/bin/env bash
# Train a model on several nodes, with one torchrun per node; every GPU takes a share of each batch.
#
#   sbatch --nodes=2 --gpus-per-node=4 --time=08:00:00 docs/train.slurm.sh dataset.h5 --backbone L -o vitpain
#
# Training that was killed, preempted or ran out of time resumes from OUTPUT.partial, which must be visible to all
# nodes. Two minutes before the time limit, the job is requeued. Resuming on a different number of GPUs is rejected,
# because the sums would not have the same bits. PROCESSES sets the number of processes per node, by default its number
# of GPUs.
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
# the signal interrupts the first `wait`, not the process that it waits for
wait $! && code=0 || code=$?
while kill -0 $! 2> /dev/null; do wait $! && code=0 || code=$?; done
exit "$code"
