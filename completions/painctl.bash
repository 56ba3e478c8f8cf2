# Completion of painctl for bash; made by python -m painctl.cli.manual, do not edit.
_painctl() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} flags=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "sample-ids render-depth synth-neutral texture rig render-views pack pretrain cv predict rig-train inspect engines demo --help --version" -- "$word"))
    return
  fi
  case $command in
    sample-ids) flags="--number -n --seed --output -o --shard-size --demographics --model --flame --flame-template --convert-flame --overwrite --task --debug --help" ;;
    render-depth) flags="--output -o --size --renderer --device --overwrite --retry-failed --task --debug --help" ;;
    synth-neutral) flags="--output -o --engine --retries --agreement --prior --prior-revision --decoder --revision --allow-download --steps --prior-steps --guidance --negative-prompt --batch-size --device --dtype --offload --attention-slicing --overwrite --retry-failed --task --debug --help" ;;
    texture) flags="--output -o --engine --size --hunyuan --hunyuan-python --accept-licence --allow-download --time-limit --overwrite --retry-failed --task --debug --help" ;;
    rig) flags="--output -o --engine --weights --pspi --expressions -k --pspi-weights --au --overwrite --retry-failed --task --debug --help" ;;
    render-views) flags="--output -o --views --yaw --pitch --jitter --size --format --backgrounds --renderer --device --inpaint --prior --prior-revision --decoder --revision --allow-download --steps --prior-steps --guidance --negative-prompt --batch-size --dtype --offload --attention-slicing --overwrite --retry-failed --task --debug --help" ;;
    pack) flags="--output -o --format --split --split-seed --keep --mix --overwrite --debug --help" ;;
    pretrain) flags="--output -o --model --backbone --allow-download --init-from --no-reference --binary --no-aus --preset --epochs --batch-size --accumulate --learning-rate --shots --device --precision --compile --workers --strict --crop --save-every --track --seed --overwrite --debug --help" ;;
    cv) flags="--folds -k --fold --output -o --merge --compare --model --backbone --allow-download --init-from --no-reference --binary --no-aus --preset --epochs --batch-size --accumulate --learning-rate --shots --device --precision --compile --workers --strict --crop --save-every --track --seed --json --debug --help" ;;
    predict) flags="--neutral -n --model -m --crop --face --detector --every --json --csv --picture --device --debug --help" ;;
    rig-train) flags="--output -o --people --steps --learning-rate --actions --device --seed --save-every --overwrite --debug --help" ;;
    inspect) flags="--json --sheet --gallery --card --debug --help" ;;
    engines) flags="--json --debug --help" ;;
    demo) flags="--output -o --seed --debug --help" ;;
  esac
  case "$command $before" in
    "sample-ids --number"|"sample-ids -n") :; return ;;
    "sample-ids --seed") :; return ;;
    "sample-ids --output"|"sample-ids -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "sample-ids --shard-size") :; return ;;
    "sample-ids --demographics") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "sample-ids --model") COMPREPLY=($(compgen -W "anny flame" -- "$word")); return ;;
    "sample-ids --flame") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "sample-ids --flame-template") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "sample-ids --convert-flame") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "sample-ids --task") :; return ;;
    "render-depth --output"|"render-depth -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "render-depth --size") :; return ;;
    "render-depth --renderer") COMPREPLY=($(compgen -W "opencv pytorch3d" -- "$word")); return ;;
    "render-depth --device") :; return ;;
    "render-depth --task") :; return ;;
    "synth-neutral --output"|"synth-neutral -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "synth-neutral --engine") COMPREPLY=($(compgen -W "procedural kandinsky" -- "$word")); return ;;
    "synth-neutral --retries") :; return ;;
    "synth-neutral --agreement") :; return ;;
    "synth-neutral --prior") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "synth-neutral --prior-revision") :; return ;;
    "synth-neutral --decoder") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "synth-neutral --revision") :; return ;;
    "synth-neutral --steps") :; return ;;
    "synth-neutral --prior-steps") :; return ;;
    "synth-neutral --guidance") :; return ;;
    "synth-neutral --negative-prompt") :; return ;;
    "synth-neutral --batch-size") :; return ;;
    "synth-neutral --device") :; return ;;
    "synth-neutral --dtype") COMPREPLY=($(compgen -W "auto fp16 bf16 fp32" -- "$word")); return ;;
    "synth-neutral --offload") COMPREPLY=($(compgen -W "none model sequential" -- "$word")); return ;;
    "synth-neutral --task") :; return ;;
    "texture --output"|"texture -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "texture --engine") COMPREPLY=($(compgen -W "procedural bake hunyuan3d" -- "$word")); return ;;
    "texture --size") :; return ;;
    "texture --hunyuan") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "texture --hunyuan-python") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "texture --time-limit") :; return ;;
    "texture --task") :; return ;;
    "rig --output"|"rig -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "rig --engine") COMPREPLY=($(compgen -W "blendshapes neural" -- "$word")); return ;;
    "rig --weights") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
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
    "render-views --backgrounds") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "render-views --renderer") COMPREPLY=($(compgen -W "opencv pytorch3d" -- "$word")); return ;;
    "render-views --device") :; return ;;
    "render-views --inpaint") COMPREPLY=($(compgen -W "none kandinsky" -- "$word")); return ;;
    "render-views --prior") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "render-views --prior-revision") :; return ;;
    "render-views --decoder") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "render-views --revision") :; return ;;
    "render-views --steps") :; return ;;
    "render-views --prior-steps") :; return ;;
    "render-views --guidance") :; return ;;
    "render-views --negative-prompt") :; return ;;
    "render-views --batch-size") :; return ;;
    "render-views --dtype") COMPREPLY=($(compgen -W "auto fp16 bf16 fp32" -- "$word")); return ;;
    "render-views --offload") COMPREPLY=($(compgen -W "none model sequential" -- "$word")); return ;;
    "render-views --task") :; return ;;
    "pack --output"|"pack -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "pack --format") COMPREPLY=($(compgen -W "h5 folder webdataset parquet" -- "$word")); return ;;
    "pack --split") :; return ;;
    "pack --split-seed") :; return ;;
    "pack --keep") :; return ;;
    "pretrain --output"|"pretrain -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "pretrain --model") COMPREPLY=($(compgen -W "vitpain vanilla-vit pwct" -- "$word")); return ;;
    "pretrain --backbone") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "pretrain --init-from") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "pretrain --binary") :; return ;;
    "pretrain --preset") COMPREPLY=($(compgen -W "paper released" -- "$word")); return ;;
    "pretrain --epochs") :; return ;;
    "pretrain --batch-size") :; return ;;
    "pretrain --accumulate") :; return ;;
    "pretrain --learning-rate") :; return ;;
    "pretrain --shots") :; return ;;
    "pretrain --device") COMPREPLY=($(compgen -W "auto cpu cuda" -- "$word")); return ;;
    "pretrain --precision") COMPREPLY=($(compgen -W "auto fp32 bf16" -- "$word")); return ;;
    "pretrain --workers") :; return ;;
    "pretrain --crop") COMPREPLY=($(compgen -W "points face" -- "$word")); return ;;
    "pretrain --save-every") :; return ;;
    "pretrain --track") COMPREPLY=($(compgen -W "tensorboard trackio" -- "$word")); return ;;
    "pretrain --seed") :; return ;;
    "cv --folds"|"cv -k") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "cv --fold") :; return ;;
    "cv --output"|"cv -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "cv --merge") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "cv --compare") :; return ;;
    "cv --model") COMPREPLY=($(compgen -W "vitpain vanilla-vit pwct" -- "$word")); return ;;
    "cv --backbone") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "cv --init-from") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "cv --binary") :; return ;;
    "cv --preset") COMPREPLY=($(compgen -W "paper released" -- "$word")); return ;;
    "cv --epochs") :; return ;;
    "cv --batch-size") :; return ;;
    "cv --accumulate") :; return ;;
    "cv --learning-rate") :; return ;;
    "cv --shots") :; return ;;
    "cv --device") COMPREPLY=($(compgen -W "auto cpu cuda" -- "$word")); return ;;
    "cv --precision") COMPREPLY=($(compgen -W "auto fp32 bf16" -- "$word")); return ;;
    "cv --workers") :; return ;;
    "cv --crop") COMPREPLY=($(compgen -W "points face" -- "$word")); return ;;
    "cv --save-every") :; return ;;
    "cv --track") COMPREPLY=($(compgen -W "tensorboard trackio" -- "$word")); return ;;
    "cv --seed") :; return ;;
    "predict --neutral"|"predict -n") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "predict --model"|"predict -m") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "predict --crop") COMPREPLY=($(compgen -W "face none" -- "$word")); return ;;
    "predict --face") :; return ;;
    "predict --detector") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "predict --every") :; return ;;
    "predict --picture") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "predict --device") COMPREPLY=($(compgen -W "auto cpu cuda" -- "$word")); return ;;
    "rig-train --output"|"rig-train -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "rig-train --people") :; return ;;
    "rig-train --steps") :; return ;;
    "rig-train --learning-rate") :; return ;;
    "rig-train --actions") COMPREPLY=($(compgen -W "pain arkit" -- "$word")); return ;;
    "rig-train --device") COMPREPLY=($(compgen -W "auto cpu cuda" -- "$word")); return ;;
    "rig-train --seed") :; return ;;
    "rig-train --save-every") :; return ;;
    "inspect --sheet") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "demo --output"|"demo -o") compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")); return ;;
    "demo --seed") :; return ;;
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) compopt -o filenames; COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}
complete -F _painctl painctl
