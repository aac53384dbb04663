#!/usr/bin/env bash
# Runs the array script of docs/sweep.md on a real Slurm that it starts for itself on this machine, and
# merges the shards: check_slurm.sh SOURCE_DIR PROGRAM
# Says what is missing, and exits with 77, where that cannot be.
set -euo pipefail
source_dir="$(realpath "$1")"
program="$(realpath "$2")"

# Daemons of Debian are in sbin.
PATH="$PATH:/usr/sbin:/sbin:$(dirname "$program")"
export PATH

not_here() {
  echo "slurm: not tested on this machine: $*"
  exit 77
}
for command in munged slurmctld slurmd sbatch squeue sinfo; do
  command -v "$command" >/dev/null ||
    not_here "$command is not installed (Debian: munge slurmctld slurmd slurm-client)"
done
((EUID == 0)) || not_here "slurmd starts jobs as other users, which takes root"

dir="$(mktemp -d /tmp/slurm_test.XXXXXX)"
pids=()
stop_daemons() {
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  for pid in "${pids[@]}"; do
    for _ in {1..50}; do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
  done
  rm -rf "$dir"
}
trap stop_daemons EXIT

# munge wants its files in folders that nobody else may write.
mkdir -m 0755 "$dir"/{munge,state,spool,log,work}
chmod 0755 "$dir"
dd if=/dev/urandom of="$dir/munge/key" bs=128 count=1 status=none
chmod 0400 "$dir/munge/key"
munged --foreground --force --key-file="$dir/munge/key" --socket="$dir/munge/socket" \
  --pid-file="$dir/munge/pid" --log-file="$dir/munge/log" --seed-file="$dir/munge/seed" \
  >"$dir/log/munged" 2>&1 &
pids+=($!)

host="$(hostname -s)"
port=$((20000 + RANDOM % 10000))
export SLURM_CONF="$dir/slurm.conf"
cat >"$SLURM_CONF" <<END
ClusterName=tessera_test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/log/slurmctld
SlurmdLogFile=$dir/log/slurmd
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
PropagateResourceLimits=NONE
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
for _ in {1..50}; do
  [[ -S "$dir/munge/socket" ]] && break
  sleep 0.1
done
[[ -S "$dir/munge/socket" ]] || not_here "munged does not start: $(tail -n 1 "$dir/log/munged")"
slurmctld -D -i >"$dir/log/slurmctld.out" 2>&1 &
pids+=($!)
slurmd -D -N "$host" >"$dir/log/slurmd.out" 2>&1 &
pids+=($!)
ready=no
for _ in {1..100}; do
  if [[ "$(sinfo --noheader --format=%t 2>/dev/null || true)" == idle* ]]; then
    ready=yes
    break
  fi
  sleep 0.2
done
if [[ "$ready" == no ]]; then
  echo "slurm: the last lines of its logs:"
  tail -n 3 "$dir"/log/slurmctld* "$dir"/log/slurmd*
  not_here "Slurm is installed, and its daemons do not come up"
fi

# The files of the documentation: blocks that begin with ```kind NAME.
cd "$dir/work"
awk '/^```[a-z]+ ./ { name = $2; next } /^```/ { name = "" } name != "" { print > name }' \
  "$source_dir/docs/sweep.md"
[[ -s sweep.sbatch && -s buffers.json ]] || {
  echo "slurm: docs/sweep.md shows no sweep.sbatch" >&2
  exit 1
}
sbatch --wait --array=1-4 sweep.sbatch || {
  echo "slurm: the array failed" >&2
  cat part*.log >&2
  exit 1
}
tessera sweep merge --db merged.sqlite part1.sqlite part2.sqlite part3.sqlite part4.sqlite
tessera sweep buffers.json --db whole.sqlite --quiet
for database in merged whole; do
  tessera sweep buffers.json --db "$database.sqlite" --quiet --json - |
    sed -e '/"command"/,/\]/d' >"$database.json"
done
cmp merged.json whole.json

# A shard that died: merge names it.
if tessera sweep merge --db partly.sqlite part1.sqlite part2.sqlite part4.sqlite 2>missing.txt; then
  echo "slurm: merge did not notice that a shard is missing" >&2
  exit 1
fi
grep -q 'shard 3/4 is missing' missing.txt
echo "slurm: an array of 4 shards on $(sbatch --version) merges to the database of one process"
