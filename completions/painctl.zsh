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
    'pack:Gather shards into one dataset: split, checked and described.'
    'pretrain:Train a pain model on a dataset.'
    'cv:Cross-validate a model on a dataset, by people.'
    'predict:Estimate PSPI, the probability of pain and six action units from faces.'
    'rig-train:Train the neural rig, for rig --engine neural --weights FILE.'
    'inspect:Show what shards and datasets hold: rows a table, columns, attributes, history, and their pictures.'
    'engines:Tell what each stage can be done with on this machine.'
    'demo:Run the whole chain on a few people.'
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
      '--model[Whose heads to draw: Anny’s, or those of --flame.]:anny|flame:(anny flame)' \
      '--flame[A FLAME model: generic_model.pkl, flame2023.pkl, flame2023_no_jaw.pkl or flame2023_Open.pkl as published, or converted. No code in it is run.]:FILE:_files' \
      '--flame-template[FLAME’s template as an OBJ file, for its texture coordinates.]:FILE:_files' \
      '--convert-flame[Do nothing but write a FLAME model, a .pkl as it is published, to -o NAME.safetensors or NAME.npz, which hold arrays and no code. Nothing that the pickle names is run.]:FILE:_files' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    render-depth) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--size[Width and height in pixels. 64 to 2048.]:INTEGER: ' \
      '--renderer[What finds the triangle that each pixel sees; pytorch3d needs its extra and is slow on a CPU.]:opencv|pytorch3d:(opencv pytorch3d)' \
      '--device[Where --renderer pytorch3d works, as in cuda or cuda:1.]:DEVICE: ' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--retry-failed[In outputs that are done, make again the people who failed, and only those.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    synth-neutral) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--engine[procedural: painted and rendered. kandinsky: drawn onto the depth map by Kandinsky 2.2’s prior and depth ControlNet after the person’s prompt; the options below are its own.]:procedural|kandinsky:(procedural kandinsky)' \
      '--retries[How often a portrait whose face is not where the depth has it is drawn with the next seed before the person is listed as failed. 0 to 100.]:INTEGER: ' \
      '--agreement[How well a face must lie on the depth’s outline: the share of displaced outlines that fit the portrait worse. 0 takes every portrait. 0 to 1.]:NUMBER: ' \
      '--prior[Kandinsky’s prior, which reads the words: a local folder in diffusers’ format, or a hub id.]:DIR|ID:_files' \
      '--prior-revision[Commit, tag or branch of --prior on the hub. The shard remembers the commit.]:REV: ' \
      '--decoder[Kandinsky’s depth ControlNet, the decoder that paints the picture: a local folder in diffusers’ format, or a hub id.]:DIR|ID:_files' \
      '--revision[Commit, tag or branch of --decoder on the hub. The shard remembers the commit.]:REV: ' \
      '--allow-download[Let Kandinsky be fetched from the hub; else it must be here.]' \
      '--steps[Denoising steps of the decoder. 1 to 1000.]:INTEGER: ' \
      '--prior-steps[Denoising steps of the prior. 1 to 1000.]:INTEGER: ' \
      '--guidance[How much the decoder keeps to the words (classifier-free guidance). 1.01 to 50.]:NUMBER: ' \
      '--negative-prompt[What must not be in the picture; ’’ for nothing.]:TEXT: ' \
      '--batch-size[Pictures at once. It does not change them but for the rounding of the last bit. 1 to 256.]:INTEGER: ' \
      '--device[Where it is drawn, as in cpu, cuda or cuda:1.]:DEVICE: ' \
      '--dtype[Of the weights. auto: fp16 on a GPU, fp32 on a CPU.]:auto|fp16|bf16|fp32:(auto fp16 bf16 fp32)' \
      '--offload[Keep models, or their layers one by one (slow), in the CPU’s memory until the GPU needs them.]:none|model|sequential:(none model sequential)' \
      '--attention-slicing[Compute attention in slices: less GPU memory, some slower.]' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--retry-failed[In outputs that are done, make again the people who failed, and only those.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    texture) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--engine[procedural: from the person’s appearance parameters. bake: from the portrait, back-projected through its camera; what the camera could not see is mirrored and filled. hunyuan3d: painted by Hunyuan3D-Paint 2.1 after the portrait, in a checkout of yours.]:procedural|bake|hunyuan3d:(procedural bake hunyuan3d)' \
      '--size[Width and height in texels. 128 to 4096.]:INTEGER: ' \
      '--hunyuan[Checkout of Tencent-Hunyuan/Hunyuan3D-2.1 for --engine hunyuan3d, installed as its README says.]:DIR:_files' \
      '--hunyuan-python[The Python that has the checkout’s packages.]:FILE:_files' \
      '--accept-licence[You may use Hunyuan3D where you are, and for what you do.]' \
      '--allow-download[Let the checkout fetch its weights from the hub.]' \
      '--time-limit[Longest that Hunyuan3D may load, or paint a person. At least 1.]:SECONDS: ' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--retry-failed[In outputs that are done, make again the people who failed, and only those.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    rig) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: a name ending in .h5 is a file, any other a folder with one shard an input. Each finished path is printed on stdout. Without it, the shard itself goes to stdout.]:FILE|DIR:_files' \
      '--engine[blendshapes: the ARKit actions of the open head. neural: a network that was taught by them, for heads that have none.]:blendshapes|neural:(blendshapes neural)' \
      '--weights[For --engine neural, what `painctl rig-train` wrote.]:FILE:_files' \
      '--pspi[PSPI of the expressions: 0:16, or one value as in 9; 4,8,12 makes one expression of each.]:RANGE|VALUE|V,V,...: ' \
      '(--expressions -k)'{--expressions,-k}'[Expressions a person, besides the neutral. 1 to 10000.]:INTEGER: ' \
      '--pspi-weights[One weight for each PSPI of the range, instead of drawing it uniformly.]:W,W,...: ' \
      '--au[Set the action units exactly, the others to 0; makes one expression a person.]:AU4=3,AU6=2,...: ' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--retry-failed[In outputs that are done, make again the people who failed, and only those.]' \
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
      '--backgrounds[Your own JPEG or PNG pictures behind the heads, one of those in the folder for each frame.]:DIR:_files' \
      '--renderer[What finds the triangle that each pixel sees; pytorch3d needs its extra and is slow on a CPU.]:opencv|pytorch3d:(opencv pytorch3d)' \
      '--device[Where --renderer pytorch3d and --inpaint kandinsky work, as in cpu, cuda or cuda:1.]:DEVICE: ' \
      '--inpaint[kandinsky: background and hair are painted about the rendered face by Kandinsky 2.2’s inpainting, the face itself never; the options below are its own.]:none|kandinsky:(none kandinsky)' \
      '--prior[Kandinsky’s prior, which reads the words: a local folder in diffusers’ format, or a hub id.]:DIR|ID:_files' \
      '--prior-revision[Commit, tag or branch of --prior on the hub. The shard remembers the commit.]:REV: ' \
      '--decoder[Kandinsky’s inpainting, the decoder that paints the picture: a local folder in diffusers’ format, or a hub id.]:DIR|ID:_files' \
      '--revision[Commit, tag or branch of --decoder on the hub. The shard remembers the commit.]:REV: ' \
      '--allow-download[Let Kandinsky be fetched from the hub; else it must be here.]' \
      '--steps[Denoising steps of the decoder. 1 to 1000.]:INTEGER: ' \
      '--prior-steps[Denoising steps of the prior. 1 to 1000.]:INTEGER: ' \
      '--guidance[How much the decoder keeps to the words (classifier-free guidance). 1.01 to 50.]:NUMBER: ' \
      '--negative-prompt[What must not be in the picture; ’’ for nothing.]:TEXT: ' \
      '--batch-size[Pictures at once. It does not change them but for the rounding of the last bit. 1 to 256.]:INTEGER: ' \
      '--dtype[Of the weights. auto: fp16 on a GPU, fp32 on a CPU.]:auto|fp16|bf16|fp32:(auto fp16 bf16 fp32)' \
      '--offload[Keep models, or their layers one by one (slow), in the CPU’s memory until the GPU needs them.]:none|model|sequential:(none model sequential)' \
      '--attention-slicing[Compute attention in slices: less GPU memory, some slower.]' \
      '--overwrite[Replace outputs that an earlier, different command left.]' \
      '--retry-failed[In outputs that are done, make again the people who failed, and only those.]' \
      '--task[Do every N-th shard, beginning with the I-th; I counts from 0. Default: the Slurm array task, if any, for what does not come through a pipe.]:I/N: ' \
      '--debug[Show the traceback of an error.]' ;;
    pack) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Where to write: for h5 a file, or a folder that gets dataset.h5; for other formats the folder that the dataset becomes. The finished path is printed on stdout. Without it, the h5 itself goes to stdout.]:FILE|DIR:_files' \
      '--format[h5: one file with every column. folder: pictures and annotations as the published 3DPain lays them out. webdataset: tar files to stream. parquet: tables with embedded pictures.]:h5|folder|webdataset|parquet:(h5 folder webdataset parquet)' \
      '--split[Shares of people in the splits.]:TRAIN,VAL,TEST: ' \
      '--split-seed[Seed of the split. At least 0.]:INTEGER: ' \
      '--keep[Carry these tables into an h5 dataset too: meshes, depth, portraits, textures.]:TABLE,...: ' \
      '--mix[Allow shards whose steps after sample-ids had different options.]' \
      '--overwrite[Replace a dataset that an earlier, different command left.]' \
      '--debug[Show the traceback of an error.]' ;;
    pretrain) _arguments -s \
      '*:file:_files' \
      '(--output -o)'{--output,-o}'[Folder that the model becomes.]:DIR:_files' \
      '--model[vitpain: a face against the same person’s neutral one. vanilla-vit: the same backbone, one picture, PSPI alone. pwct: a convolutional network of two aligned pictures (arXiv 2101.03251).]:vitpain|vanilla-vit|pwct:(vitpain vanilla-vit pwct)' \
      '--backbone[compact: small enough for a CPU, trained from nothing. Else a pretrained DINOv3, frozen under LoRA: S, B or L, a local folder, or a hub id.]:compact|S|B|L|DIR|ID:_files' \
      '--allow-download[Let the backbone be fetched from the hub; else it must be here.]' \
      '--init-from[Begin from this trained model, as it is built, instead of from an untrained one. A file is a checkpoint of the paper’s released code (.ckpt, .pt, .safetensors), and is computed as that code does.]:DIR|FILE:_files' \
      '--no-reference[See the face alone, without a neutral one.]' \
      '--binary[A head for the probability of PSPI >= each of these, as in 1 or 1,2,3; none for no such head.]:LEVELS: ' \
      '--no-aus[Leave out the queries of the action units.]' \
      '--preset[Settings of the paper, or of its released code: other rates, epochs and weights, and --binary 1,2,3.]:paper|released:(paper released)' \
      '--epochs[Passes over the frames; 0 tests a model of --init-from as it is. At least 0.]:INTEGER: ' \
      '--batch-size[Pairs to a step, over all processes. At least 1.]:INTEGER: ' \
      '--accumulate[Parts that a batch is computed in, to fit the memory. At least 1.]:INTEGER: ' \
      '--learning-rate[Highest rate of AdamW. At least 0.]:NUMBER: ' \
      '--shots[Neutral pictures of a person: training draws one of them, testing averages over all. At least 1.]:INTEGER: ' \
      '--device[Where to compute; auto takes CUDA where there is one.]:auto|cpu|cuda:(auto cpu cuda)' \
      '--precision[auto is bf16 on a GPU that has it, else fp32.]:auto|fp32|bf16:(auto fp32 bf16)' \
      '--compile[Use torch.compile.]' \
      '--workers[Processes that decode pictures. At least 0.]:INTEGER: ' \
      '--strict[Stop if a file of the dataset is missing or broken, instead of leaving its frame out.]' \
      '--crop[How the frames of UNBC-McMaster’s own folders are cropped: by their AAM points, or, for a copy without these, by the face finder of predict; of several faces the largest.]:points|face:(points face)' \
      '--save-every[How much of the training a kill may cost. At least 0.]:SECONDS: ' \
      '--track[Also log to TensorBoard (folder OUTPUT.runs) or to trackio; needs `pip install ’painctl(track)’`.]:tensorboard|trackio:(tensorboard trackio)' \
      '--seed[Seed of every random draw. 0 to 9223372036854775807.]:INTEGER: ' \
      '--overwrite[Replace an earlier model.]' \
      '--debug[Show the traceback of an error.]' ;;
    cv) _arguments -s \
      '*:file:_files' \
      '(--folds -k)'{--folds,-k}'[Number of folds, by the index of the sorted person modulo K; loso tests each person alone; a fold file has fold-0/validation_subjects and so on.]:K|loso|FILE:_files' \
      '--fold[Only this fold, for a job array; --merge puts them together. At least 1.]:I: ' \
      '(--output -o)'{--output,-o}'[Folder of the run: fold-1.json ... with every prediction, and the report.]:RUN:_files' \
      '--merge[Do nothing but report on the folds in this folder.]:RUN:_files' \
      '--compare[Do nothing but test whether two runs on the same frames differ.]:RUN_A RUN_B: ' \
      '--model[vitpain: a face against the same person’s neutral one. vanilla-vit: the same backbone, one picture, PSPI alone. pwct: a convolutional network of two aligned pictures (arXiv 2101.03251).]:vitpain|vanilla-vit|pwct:(vitpain vanilla-vit pwct)' \
      '--backbone[compact: small enough for a CPU, trained from nothing. Else a pretrained DINOv3, frozen under LoRA: S, B or L, a local folder, or a hub id.]:compact|S|B|L|DIR|ID:_files' \
      '--allow-download[Let the backbone be fetched from the hub; else it must be here.]' \
      '--init-from[Begin from this trained model, as it is built, instead of from an untrained one. A file is a checkpoint of the paper’s released code (.ckpt, .pt, .safetensors), and is computed as that code does.]:DIR|FILE:_files' \
      '--no-reference[See the face alone, without a neutral one.]' \
      '--binary[A head for the probability of PSPI >= each of these, as in 1 or 1,2,3; none for no such head.]:LEVELS: ' \
      '--no-aus[Leave out the queries of the action units.]' \
      '--preset[Settings of the paper, or of its released code: other rates, epochs and weights, and --binary 1,2,3.]:paper|released:(paper released)' \
      '--epochs[Passes over the frames; 0 tests a model of --init-from as it is. At least 0.]:INTEGER: ' \
      '--batch-size[Pairs to a step, over all processes. At least 1.]:INTEGER: ' \
      '--accumulate[Parts that a batch is computed in, to fit the memory. At least 1.]:INTEGER: ' \
      '--learning-rate[Highest rate of AdamW. At least 0.]:NUMBER: ' \
      '--shots[Neutral pictures of a person: training draws one of them, testing averages over all. At least 1.]:INTEGER: ' \
      '--device[Where to compute; auto takes CUDA where there is one.]:auto|cpu|cuda:(auto cpu cuda)' \
      '--precision[auto is bf16 on a GPU that has it, else fp32.]:auto|fp32|bf16:(auto fp32 bf16)' \
      '--compile[Use torch.compile.]' \
      '--workers[Processes that decode pictures. At least 0.]:INTEGER: ' \
      '--strict[Stop if a file of the dataset is missing or broken, instead of leaving its frame out.]' \
      '--crop[How the frames of UNBC-McMaster’s own folders are cropped: by their AAM points, or, for a copy without these, by the face finder of predict; of several faces the largest.]:points|face:(points face)' \
      '--save-every[How much of the training a kill may cost. At least 0.]:SECONDS: ' \
      '--track[Also log to TensorBoard (folder OUTPUT.runs) or to trackio; needs `pip install ’painctl(track)’`.]:tensorboard|trackio:(tensorboard trackio)' \
      '--seed[Seed of every random draw. 0 to 9223372036854775807.]:INTEGER: ' \
      '--json[Print JSON, for scripts.]' \
      '--debug[Show the traceback of an error.]' ;;
    predict) _arguments -s \
      '*:file:_files' \
      '(--neutral -n)'{--neutral,-n}'[The person’s neutral face; repeat to average over several. Frames of a shard have their own.]:PICTURE:_files' \
      '(--model -m)'{--model,-m}'[A trained model.]:DIR:_files' \
      '--crop[face: detect the face and crop it like the training frames; frames of a shard are used unchanged. none: the pictures are cropped already.]:face|none:(face none)' \
      '--face[Which of several faces: the largest, or the N-th from the left; in a neutral picture, the largest. Without it, pictures with several faces are rejected.]:largest|N: ' \
      '--detector[Detect faces with this YuNet network, which also finds profiles.]:FILE.onnx:_files' \
      '--every[Use every N-th frame of a video. At least 1.]:N: ' \
      '--json[Print JSON, for scripts.]' \
      '--csv[Print CSV, one row per picture or frame.]' \
      '--picture[Draw the first twelve faces, each with its neutral face, the attention of each action unit’s query, and bars; for a video, PSPI over time.]:FILE.png:_files' \
      '--device[Where to compute; auto takes CUDA where there is one.]:auto|cpu|cuda:(auto cpu cuda)' \
      '--debug[Show the traceback of an error.]' ;;
    rig-train) _arguments -s \
      '(--output -o)'{--output,-o}'[Where the weights go, a name that ends in .safetensors.]:FILE:_files' \
      '--people[People it is taught on. 1 to 10000.]:INTEGER: ' \
      '--steps[Steps of training, four heads each. 1 to 10000000.]:INTEGER: ' \
      '--learning-rate[Of the first steps; it falls from there. 1e-06 to 1.0.]:NUMBER: ' \
      '--actions[What it learns. pain: the six units as the open rig pulls them. arkit: all 52 actions of ARKit; --engine neural adds them up to units, which is coarser. No such weights come with painctl.]:pain|arkit:(pain arkit)' \
      '--device[Where to compute; auto takes CUDA where there is one.]:auto|cpu|cuda:(auto cpu cuda)' \
      '--seed[Seed of every random draw. 0 to 9223372036854775807.]:INTEGER: ' \
      '--save-every[Time between two states on disk. At least 0.]:SECONDS: ' \
      '--overwrite[Replace earlier weights.]' \
      '--debug[Show the traceback of an error.]' ;;
    inspect) _arguments -s \
      '*:file:_files' \
      '--json[Print JSON, for scripts.]' \
      '--sheet[Write a contact sheet (.png or .jpg) of the frames, else portraits, textures or depth maps, of up to 12 people; replaces the file.]:PICTURE:_files' \
      '--gallery[Make the sheet a row a person, with all their frames, PSPI rising.]' \
      '--card[Print the card of a dataset instead.]' \
      '--debug[Show the traceback of an error.]' ;;
    engines) _arguments -s \
      '--json[Print JSON, for scripts.]' \
      '--debug[Show the traceback of an error.]' ;;
    demo) _arguments -s \
      '(--output -o)'{--output,-o}'[Folder for everything that the demo makes.]:DIR:_files' \
      '--seed[Seed of every random draw. 0 to 9223372036854775807.]:INTEGER: ' \
      '--debug[Show the traceback of an error.]' ;;
  esac
}
compdef _painctl painctl
