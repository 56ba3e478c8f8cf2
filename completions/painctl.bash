# Completion of painctl for bash; made by python -m painctl.cli.manual, do not edit.
_painctl() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} flags=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "sample-ids render-depth synth-neutral texture rig render-views --help --version" -- "$word"))
    return
  fi
  case $command in
    sample-ids) flags="--number -n --seed --output -o --shard-size --demographics --overwrite --task --debug --help" ;;
    render-depth) flags="--output -o --size --overwrite --task --debug --help" ;;
    synth-neutral) flags="--output -o --overwrite --task --debug --help" ;;
    texture) flags="--output -o --engine --size --overwrite --task --debug --help" ;;
    rig) flags="--output -o --pspi --expressions -k --pspi-weights --au --overwrite --task --debug --help" ;;
    render-views) flags="--output -o --views --yaw --pitch --jitter --size --format --overwrite --task --debug --help" ;;
  esac
  case "$command $before" in
    "sample-ids --number"|"sample-ids -n") :; return ;;
    "sample-ids --seed") :; return ;;
    "sample-ids --output"|"sample-ids -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "sample-ids --shard-size") :; return ;;
    "sample-ids --demographics") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "sample-ids --task") :; return ;;
    "render-depth --output"|"render-depth -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "render-depth --size") :; return ;;
    "render-depth --task") :; return ;;
    "synth-neutral --output"|"synth-neutral -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "synth-neutral --task") :; return ;;
    "texture --output"|"texture -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "texture --engine") COMPREPLY=($(compgen -W "procedural bake" -- "$word")); return ;;
    "texture --size") :; return ;;
    "texture --task") :; return ;;
    "rig --output"|"rig -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "rig --pspi") :; return ;;
    "rig --expressions"|"rig -k") :; return ;;
    "rig --pspi-weights") :; return ;;
    "rig --au") :; return ;;
    "rig --task") :; return ;;
    "render-views --output"|"render-views -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "render-views --views") :; return ;;
    "render-views --yaw") :; return ;;
    "render-views --pitch") :; return ;;
    "render-views --jitter") :; return ;;
    "render-views --size") :; return ;;
    "render-views --format") COMPREPLY=($(compgen -W "jpeg png" -- "$word")); return ;;
    "render-views --task") :; return ;;
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -F _painctl painctl
