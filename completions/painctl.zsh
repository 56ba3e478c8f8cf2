#compdef painctl
# Completion of painctl for zsh; made by python -m painctl.cli.manual, do not edit.
_painctl() {
  local -a commands=(
    'sample-ids:Draw people: who they are, and their neutral heads.'
    'render-depth:Render a frontal depth map of each neutral head.'
    'synth-neutral:Make a frontal neutral portrait of each person.'
    'texture:Make albedo, normal and roughness maps.'
    'rig:Deform each head to drawn or given action units.'
    'render-views:Render every face from several angles.'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
    sample-ids) _arguments -s \
      '(--number -n)'{--number,-n}'[Identities to draw. 1 to 10000000.]:INTEGER: ' \
      '--seed[Seed of every random draw. 0 to 9223372036854775807.]:INTEGER: ' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--shard-size[Identities a shard, with -o DIR. At least 1.]:INTEGER: ' \
      '--demographics[Shares of age group, gender and ethnicity: all alike, those of the published dataset, or a JSON file of weights: {"age_group": {"young": 1, "elderly": 2}, "gender": {...}, "ethnicity": {...}}.]:balanced|3dpain|FILE:_files' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    render-depth) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--size[Width and height in pixels. 64 to 2048.]:INTEGER: ' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    synth-neutral) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    texture) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--engine[procedural: from the person’s appearance parameters. bake: from the portrait, back-projected through its camera; what the camera could not see is mirrored and filled.]:procedural|bake:(procedural bake)' \
      '--size[Width and height in texels. 128 to 4096.]:INTEGER: ' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    rig) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--pspi[PSPI of the expressions: 0:16, or one value as in 9.]:RANGE|VALUE: ' \
      '(--expressions -k)'{--expressions,-k}'[Expressions a person, besides the neutral. 1 to 10000.]:INTEGER: ' \
      '--pspi-weights[One weight for each PSPI of the range, instead of drawing it uniformly.]:W,W,...: ' \
      '--au[Set the action units exactly, the others to 0; makes one expression a person.]:AU4=3,AU6=2,...: ' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    render-views) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--views[Views a face. Without --yaw: frontal, then pairs to either side, evenly out to 30 degrees. 1 to 99.]:INTEGER: ' \
      '--yaw[Yaw of each view; positive turns the head to its own left.]:DEG,...: ' \
      '--pitch[Pitch of each view, or one for all; positive looks up.]:DEG,...: ' \
      '--jitter[Standard deviation of the seeded change of each angle, degrees. 0 to 15.]:NUMBER: ' \
      '--size[Width and height in pixels. 64 to 2048.]:INTEGER: ' \
      '--format[Encoding of the pictures.]:jpeg|png:(jpeg png)' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
  esac
}
compdef _painctl painctl
