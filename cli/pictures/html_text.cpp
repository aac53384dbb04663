#include "cli/pictures/html_text.hpp"

#include <cstdint>

#include "cli/number_text.hpp"

namespace tessera {

std::string html_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

/// "</" would end the script, "<!--" begin a comment.
std::string script_text(const Json& value) {
  std::string safe;
  for (const char c : value.dump()) {
    safe += c == '<' ? "\\u003c" : std::string(1, c);
  }
  return safe;
}

namespace {

/// "input 3,600 words, reads 18,690,048, writes 86,400" for one tensor of a store node.
std::string store_words(const Json& layer, const std::string& level, const std::string& tensor) {
  for (const Json& entry : layer["levels"]) {
    if (entry["level"] == level && entry["tensor"] == tensor) {
      const Json& charged = entry["charged"];
      const auto words = [&](const char* key) {
        return short_count_text(charged[key].get<double>());
      };
      return "tile " + short_count_text(entry["tile_words"].get<double>()) + ", reads " +
             words("reads") + ", writes " + words("writes") + ", updates " + words("updates");
    }
  }
  return "";
}

std::string row(const char* kind, std::size_t depth, const std::string& text,
                const std::string& words) {
  return R"(<tr class=")" + std::string(kind) + R"("><td>)" + std::string(2 * depth, ' ') +
         html_text(text) + R"(</td><td class="words">)" + html_text(words) + "</td></tr>\n";
}

/// "for m in 2 tiles of 64"; `left` follows what is left of each rank.
std::string loop_text(const char* kind, const Json& node, Json& left) {
  const auto rank = node[kind].get<std::string>();
  const auto tile = node["tile"].get<std::int64_t>();
  const auto extent = left.value(rank, tile);
  left[rank] = tile;
  std::string text = kind;
  text += " " + rank + " in " + std::to_string((extent + tile - 1) / tile);
  text += " tiles of " + std::to_string(tile);
  return text;
}

}  // namespace

std::string nest_html(const Json& layer) {
  std::string rows;
  std::size_t depth = 0;
  Json left = layer["ranks"];
  for (const Json& node : layer["mapping"]["nodes"]) {
    if (node.contains("store")) {
      const auto level = node["store"].get<std::string>();
      for (const Json& tensor : node["tensors"]) {
        const auto name = tensor.get<std::string>();
        std::string text = level;
        text += " holds " + name;
        rows += row("store", depth, text, store_words(layer, level, name));
      }
    } else if (node.contains("for")) {
      rows += row("loop", depth++, loop_text("for", node, left), "");
    } else if (node.contains("spread")) {
      std::string text = loop_text("spread", node, left);
      text += " over " + node["over"].get<std::string>();
      rows += row("spread", depth++, text, "");
    } else {
      rows += row("compute", depth, node["compute"].get<std::string>(),
                  short_count_text(layer["macs"].get<double>()) + " operations");
    }
  }
  return "<div class=\"scroll\" tabindex=\"0\"><table class=\"nest\">\n" + rows +
         "</table></div>\n";
}

}  // namespace tessera
