#pragma once

// What --help shows after the options.

namespace tessera {

inline constexpr const char* map_examples = R"(Examples:
  tessera map --arch eyeriss_like --network alexnet
  tessera map --arch eyeriss_like --network alexnet --layer 'conv*' --objective energy
  tessera map --arch my_arch.json --network resnet50 --set GLB.capacity_kib=256 --json report.json)";

inline constexpr const char* evaluate_examples = R"(Examples:
  tessera evaluate --mapping report.json
  tessera evaluate --arch tiny --network tiny --layer conv1 --mapping conv1_mapping.json --details)";

inline constexpr const char* compare_examples = R"(Examples:
  tessera compare --arch eyeriss_like --arch simba_like --network alexnet --factors perfect
  tessera compare --arch mine.json --arch theirs.json --network alexnet --factors perfect --perturb 30%
  tessera compare --arch tpu_v1 --network alexnet --batch 1 --batch 16 --layer 'fc*'
  tessera compare --arch mine.json --arch theirs.json --network resnet50 --csv rows.csv --reports rows)";

inline constexpr const char* sweep_examples = R"(Examples:
  tessera sweep buffers.json --db buffers.sqlite
  tessera sweep buffers.json --db buffers.sqlite --resume --csv points.csv --json points.json
  tessera sweep buffers.json --db part2.sqlite --shard 2/8
  tessera sweep merge --db buffers.sqlite part1.sqlite part2.sqlite)";

inline constexpr const char* bounds_examples = R"(Examples:
  tessera bounds --network alexnet --layer 'conv*' --factors perfect
  tessera bounds --network resnet50 --factors perfect --sizes 32KiB,128KiB,512KiB,2MiB
  tessera bounds --network alexnet --layer conv3 --factors perfect --word-bits 16 --json conv3.json)";

inline constexpr const char* explain_examples = R"(Examples:
  tessera map --arch eyeriss_like --network alexnet --factors perfect --json report.json
  tessera explain report.json --layer conv3
  tessera explain report.json --layer conv3 --level GLB --json conv3.json)";

inline constexpr const char* list_examples = R"(Examples:
  tessera list archs
  tessera list mappers)";

inline constexpr const char* show_examples = R"(Examples:
  tessera show arch eyeriss_like --tree
  tessera show arch eyeriss_like > my_arch.json
  tessera show layer alexnet/conv1
  tessera show dataflow rs --tree
  tessera show mapping report.json --layer conv1 --tree)";

inline constexpr const char* check_examples = R"(Examples:
  tessera check my_arch.json my_network.json
  tessera check --arch tiny --network tiny my_mapping.json my_dataflow.json)";

inline constexpr const char* completion_examples = R"(Examples:
  tessera completion bash > /etc/bash_completion.d/tessera
  tessera completion zsh > ~/.zfunc/_tessera
  tessera completion fish > ~/.config/fish/completions/tessera.fish)";

inline constexpr const char* top_examples = R"(Examples:
  tessera list archs
  tessera map --arch eyeriss_like --network alexnet
  tessera COMMAND --help

Exit codes: 0 done; 1 nothing found, or a limit was reached first; 2 wrong input.)";

}  // namespace tessera
