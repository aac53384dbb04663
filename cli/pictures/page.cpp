#include "cli/pictures/page.hpp"

#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>

#include "cli/number_text.hpp"
#include "cli/output_file.hpp"
#include "cli/pictures/document_figures.hpp"
#include "cli/pictures/html_text.hpp"
#include "core/input_error.hpp"

extern "C" {
extern const char tessera_page_vega_begin[];
extern const char tessera_page_vega_end[];
extern const char tessera_page_script_begin[];
extern const char tessera_page_script_end[];
extern const char tessera_page_style_begin[];
extern const char tessera_page_style_end[];
}

namespace tessera {

namespace {

std::string_view asset(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// A number with all its digits in data-value, and few for the eye.
std::string cell(const Json& value) {
  if (!value.is_number()) {
    return "<td>" + html_text(value.is_string() ? value.get<std::string>() : value.dump()) +
           "</td>";
  }
  return R"(<td class="number" data-value=")" + value.dump() + R"(">)" +
         html_text(four_digits_text(value.get<double>())) + "</td>";
}

std::string table(const Figure& figure) {
  std::string html = "<table><thead><tr>";
  for (std::size_t c = 0; c < figure.columns.size(); ++c) {
    const bool number = !figure.rows.empty() && figure.rows.front()[c].is_number();
    html += std::string(R"(<th scope="col")") + (number ? R"( class="number">)" : ">") +
            html_text(figure.columns[c]) + "</th>";
  }
  html += "</tr></thead><tbody>\n";
  for (const auto& row : figure.rows) {
    html += "<tr>";
    for (const Json& value : row) {
      html += cell(value);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

std::string section(const Figure& figure) {
  return R"(<section id=")" + figure.name + R"("><h2>)" + html_text(figure.title) +
         R"(</h2><figure data-figure=")" + figure.name +
         R"("><div class="chart" role="img" aria-label=")" + html_text(figure.title) +
         R"("></div><figcaption>)" + html_text(figure.about) +
         R"(</figcaption></figure><details><summary>The numbers</summary>)" +
         R"(<div class="scroll" tabindex="0">)" + table(figure) + "</div></details></section>\n" +
         R"(<script type="application/json" id="spec-)" + figure.name + R"(">)" +
         script_text(figure.spec) + "</script>\n";
}

/// The mapping of every layer of a report; empty for other documents.
std::string nests(const Json& document) {
  std::string html;
  for (const Json& layer : document.value("layers", Json::array())) {
    if (layer.contains("mapping") && layer["mapping"].is_object() && layer["feasible"] == true) {
      html += "<details><summary>" + html_text(layer["name"].get<std::string>()) + ": " +
              html_text(energy_text(layer["energy_pj"].get<double>())) + ", " +
              html_text(cycles_text(layer["cycles"].get<double>())) + " cycles</summary>\n" +
              nest_html(layer) + "</details>\n";
    }
  }
  return html.empty() ? ""
                      : R"(<section id="mappings"><h2>Mappings</h2><p class="about">The loop nest )"
                        "of each layer, outermost first, and beside every store node its tile and "
                        "the words that it is charged for, of all instances.</p>\n" +
                            html + "</section>\n";
}

/// The command, as it was typed, quoted where a shell would need it.
std::string command_line(const Json& document) {
  std::string line = "tessera";
  for (const Json& argument : document.value("command", Json::array())) {
    const auto text = argument.get<std::string>();
    const bool plain = text.find_first_of(" *?'\"$&|<>;()[]{}") == std::string::npos;
    line += plain ? " " + text : " '" + text + "'";
  }
  return line;
}

}  // namespace

std::string picture_page(const Json& document) {
  const std::vector<Figure> figures = document_figures(document);
  const std::string title = document_title(document);
  std::string contents;
  std::string body;
  for (const Figure& figure : figures) {
    contents += R"(<li><a href="#)" + figure.name + R"(">)" + html_text(figure.title) + "</a></li>";
    body += section(figure);
  }
  const std::string mappings = nests(document);
  contents += mappings.empty() ? "" : R"(<li><a href="#mappings">Mappings</a></li>)";
  std::ostringstream page;
  page << "<!DOCTYPE html>\n"
       << R"(<html lang="en"><head><meta charset="utf-8">)"
       << R"(<meta name="viewport" content="width=device-width, initial-scale=1"><title>)"
       << html_text(title) << R"( - Tessera</title><link rel="icon" href="data:,"><style>)"
       << asset(tessera_page_style_begin, tessera_page_style_end) << "</style></head><body>\n<h1>"
       << html_text(title) << R"(</h1><p class="about">Tessera )"
       << html_text(document["version"].get<std::string>()) << ": <code>"
       << html_text(command_line(document)) << R"(</code></p><nav aria-label="Figures"><ul>)"
       << contents << "</ul></nav>\n<main>\n"
       << (figures.empty() ? "<p>Nothing in it has a cost: there is nothing to draw.</p>\n" : body)
       << mappings << "</main>\n";
  if (!figures.empty()) {
    page << "<script>const tesseraModules = {};\n"
         << asset(tessera_page_vega_begin, tessera_page_vega_end) << "</script>\n<script>\n"
         << asset(tessera_page_script_begin, tessera_page_script_end) << "</script>\n";
  }
  page << "</body></html>\n";
  return page.str();
}

void write_vega(const Json& document, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw InputError("--vega: cannot make the folder '" + folder + "': " + error.message());
  }
  std::ostringstream nowhere;
  for (const Figure& figure : document_figures(document)) {
    OutputFile file((std::filesystem::path(folder) / (figure.name + ".vg.json")).string(), nowhere);
    file.finish(figure.spec.dump(2) + "\n");
  }
}

}  // namespace tessera
